// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "cluster/cluster.h"

namespace nethsm::api {

// Which instance is the one to ask about a key: for a while the one that has just written it, as the other
// nodes of a cluster see it up to 10 s later; and where devices are kept alike by backups only, the one on
// which it was found. Thread-safe.
class RecentWrites {
 public:
  struct Place {
    cluster::InstanceIndex instance = 0;
    bool wrote = false;  // it knows best: what it does not have does not exist
    bool exists = true;  // after the write
  };

  void wrote(std::string_view id, cluster::InstanceIndex instance, bool exists);
  void found(std::string_view id, cluster::InstanceIndex instance);

  std::optional<Place> place_of(std::string_view id) const;
  std::optional<cluster::InstanceIndex> last_writer() const;

  // Makes the ids that an instance has listed, having been asked at some time, agree with what was written on
  // others, or since then.
  void correct(std::vector<std::string>& ids, cluster::InstanceIndex listed_by, Clock::time_point asked_at,
               bool may_add) const;

 private:
  struct Entry {
    Place place;
    Clock::time_point since, until;
  };
  struct State {
    std::map<std::string, Entry, std::less<>> by_id;
    std::optional<cluster::InstanceIndex> last;
    Clock::time_point last_until;
  };
  void remember(std::string_view id, Entry entry);

  std::atomic<bool> any_{false};  // keeps the lock out of the way of the hot path
  Guarded<State> state_;
};

}  // namespace nethsm::api
