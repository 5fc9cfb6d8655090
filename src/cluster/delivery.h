// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/fleet.h"

namespace nethsm::cluster {

// One request on its way through the instances: where it goes next, and what an answer or a failure means for
// it. Does no I/O and never waits; `Batch` carries it. Belongs to one thread; tells the instances' health
// what it finds out.
class Delivery {
 public:
  Delivery(const Request& request, Fleet& fleet);
  // To one instance, once, whatever its health.
  Delivery(const Request& request, Fleet& fleet, InstanceIndex only);

  // For a request that a call waits for alone: holds it to what docs/reliability.md promises about the number
  // of requests and the time. `checks` have been made before it.
  void bound(std::size_t checks);

  struct Step {
    enum class Kind : std::uint8_t {
      kGo,    // to `instance`
      kWait,  // until `not_before`, or until there is room
      kOver,  // there is an outcome
    };
    Kind kind = Kind::kOver;
    InstanceIndex instance = 0;
    Clock::time_point not_before{};
  };
  using HasRoom = std::function<bool(InstanceIndex)>;
  Step next(const HasRoom& has_room);

  // What came of the attempt at `instance`.
  void answered(InstanceIndex instance, transport::Response response);
  void failed(InstanceIndex instance, const transport::Failure& failure);
  // An idle connection turned out to be dead, by the server's doing: the attempt does not count. False: it
  // did so before.
  bool repeat_on_fresh_connection(InstanceIndex instance);
  // An attempt of another request of the batch has failed in a way that this one would see as well, had it
  // been in its place; `attempts` is how many it has had there.
  void share_failure(InstanceIndex instance, std::size_t attempts, const transport::Failure& failure);
  void stopped(bool provably_not_sent, InstanceIndex instance);
  void stopped() { stopped(true, 0); }

  const Request& request() const { return request_; }
  bool is_over() const { return outcome_.has_value(); }
  Outcome take_outcome() { return std::move(*outcome_); }
  std::size_t attempts_at(InstanceIndex instance) const { return tries_[instance].count; }
  bool wants_fresh_connection() const { return wants_fresh_; }
  Deadline deadline() const;  // of an attempt that begins now

 private:
  struct Try {
    std::size_t count = 0;
    Clock::time_point began{}, failed_at{};
    bool refused = false;       // certificate
    bool server_error = false;  // 5xx, or an answer that could not be used
  };

  Delivery(const Request& request, Fleet& fleet, std::size_t max_attempts, std::optional<InstanceIndex> only);

  Instance& instance(InstanceIndex index) { return *fleet_.instances[index]; }
  std::optional<Step> first_choice(const HasRoom& has_room);
  std::optional<Step> untried_that_should_work(const HasRoom& has_room);
  std::optional<Step> preferred_that_has_failed(const HasRoom& has_room);
  std::optional<Step> busy_one_again(Clock::time_point now);
  std::optional<Step> untried_that_has_failed(const HasRoom& has_room);
  std::optional<Step> tried_one_again(Clock::time_point now);
  Clock::duration timeout() const { return request_.timeout.value_or(fleet_.settings.timeout); }
  bool may_send_more() const;
  Step go(InstanceIndex index);
  void blame_others(InstanceIndex better);
  Step give_up();
  void note_attempt(InstanceIndex index, std::string what);
  void outcome_unknown(InstanceIndex index);
  bool is_certainly_not_found() const;
  Failure::Kind failure_kind() const;

  const Request& request_;
  Fleet& fleet_;
  const std::size_t max_attempts_;
  const std::optional<InstanceIndex> only_;
  const std::size_t start_;  // round robin
  const Clock::time_point since_ = Clock::now();
  bool bounded_ = false;
  std::size_t sent_ = 0;    // requests, whatever they count as
  std::size_t checks_ = 0;  // that were made before
  Deadline end_ = Deadline::never();
  std::vector<Try> tries_;  // by instance
  std::size_t attempts_ = 0;

  std::optional<InstanceIndex> again_at_;  // the next attempt is there, not before not_before_
  Clock::time_point not_before_{};
  std::optional<InstanceIndex> busy_at_;
  bool has_waited_for_busy_ = false;
  bool wants_fresh_ = false;
  bool had_fresh_ = false;

  unsigned refusals_ = 0, not_operational_ = 0, busy_or_broken_ = 0, not_understood_ = 0;
  std::string last_problem_;
  std::optional<Reply> not_found_;  // believed once the others have been asked
  std::optional<Outcome> outcome_;
};

}  // namespace nethsm::cluster
