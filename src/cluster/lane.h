// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "cluster/delivery.h"
#include "cluster/instance.h"
#include "transport/connection.h"

namespace nethsm::cluster {

// A connection in the hands of one batch, with the requests that are under way on it, oldest first. Not
// thread-safe.
class Lane {
 public:
  static constexpr std::size_t kDepth = 8;  // GETs pipelined; the device answers in order

  Lane(InstanceIndex instance, std::unique_ptr<transport::Connection> connection, bool is_warm)
      : instance_(instance), connection_(std::move(connection)), is_warm_(is_warm) {}

  InstanceIndex instance() const { return instance_; }
  transport::Connection& connection() { return *connection_; }
  transport::Connection::Wait wait() const { return connection_->wait(); }
  std::unique_ptr<transport::Connection> take_connection() { return std::move(connection_); }

  bool is_free() const { return is_usable() && flying_.empty(); }
  bool is_usable() const { return connection_->failure() == nullptr && !connection_->ended_by_answer(); }
  bool has_room_for(const Request& request) const {
    return is_free() ||
           (is_usable() && all_pipelined_ && flying_.size() < kDepth && may_be_pipelined(request));
  }
  bool is_full() const { return !is_free() && (!is_usable() || !all_pipelined_ || flying_.size() >= kDepth); }
  std::size_t load() const { return flying_.size(); }
  // Nothing has been answered on it since it left the pool: the server may have closed it before it saw
  // anything.
  bool may_have_been_stale() const { return is_warm_ && !has_answered_; }

  void submit(Delivery& delivery, Deadline deadline, Instance::UnderWay under_way) {
    all_pipelined_ = may_be_pipelined(delivery.request()) && (flying_.empty() || all_pipelined_);
    flying_.push_back({&delivery, deadline, std::move(under_way)});
    connection_->submit(delivery.request().http);
    needs_advance_ = true;
  }

  // When it has to be looked at, whatever poll(2) says.
  Clock::time_point due() const {
    if (flying_.empty()) return Clock::time_point::max();
    return std::min(flying_.front().deadline.when(), connection_->wait().until);
  }

  struct Flight {
    Delivery* delivery;
    Deadline deadline;
    Instance::UnderWay under_way;
  };
  const std::vector<Flight>& flying() const { return flying_; }
  Delivery& land_first() {
    auto& delivery = *flying_.front().delivery;
    flying_.erase(flying_.begin());  // of kDepth at most
    return delivery;
  }
  std::vector<Flight> land_all() { return std::exchange(flying_, {}); }

  bool take_needs_advance() { return std::exchange(needs_advance_, false); }
  void note_answer() { has_answered_ = true; }

 private:
  static bool may_be_pipelined(const Request& request) {
    return request.request_class == RequestClass::kRead && request.http.method == transport::Method::kGet;
  }

  InstanceIndex instance_;
  std::unique_ptr<transport::Connection> connection_;
  std::vector<Flight> flying_;
  bool is_warm_;
  bool has_answered_ = false;
  bool all_pipelined_ = true;
  bool needs_advance_ = false;
};

}  // namespace nethsm::cluster
