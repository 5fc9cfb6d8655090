// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "base/guarded.h"
#include "transport/connection.h"

namespace nethsm::transport {

// The idle connections to one instance, most recently used last, as the newest is the least likely to have
// been dropped on the way. Never holds more than `max_idle`, and lends none that has been idle for more than
// `max_age`; without max_age any age will do, as each is looked at before it is lent. Beyond `steady` it
// keeps only what has been used within a minute: as many as work at once, no matter how many that are, but
// not for ever. Thread-safe; talks to no peer under its lock.
class Pool {
 public:
  Pool(std::size_t max_idle, std::optional<Clock::duration> max_age,
       std::size_t steady = std::numeric_limits<std::size_t>::max(), Clock::duration busy_for = seconds(60))
      : max_idle_(max_idle), max_age_(max_age), steady_(steady), busy_for_(busy_for) {}

  std::unique_ptr<Connection> take();                      // null: a new one is needed
  void give_back(std::unique_ptr<Connection> connection);  // closes it if it cannot be used again
  void clear();
  std::size_t size() const { return idle_.lock()->size(); }

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  bool is_too_old(const Idle& idle, Clock::time_point now) const {
    return max_age_ && now - idle.since > *max_age_;
  }
  std::optional<Idle> pop_newest();

  const std::size_t max_idle_;
  const std::optional<Clock::duration> max_age_;
  const std::size_t steady_;
  const Clock::duration busy_for_;  // a minute, but in tests
  Guarded<std::deque<Idle>> idle_;
};

}  // namespace nethsm::transport
