// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "cluster/health.h"
#include "cluster/settings.h"
#include "cluster/stop_signal.h"
#include "transport/connection.h"
#include "transport/pool.h"
#include "transport/resolver.h"
#include "transport/tls.h"

namespace nethsm::cluster {

// One NetHSM: its address, its idle connections, its health, and how busy we keep it. Thread-safe; opening a
// connection may wait for the name to be resolved, nothing else here waits.
class Instance {
 public:
  Instance(const Settings& slot, const InstanceSettings& settings,
           std::shared_ptr<transport::TlsContexts> tls, transport::OpenSockets& sockets,
           const StopSignal& stop);

  const std::string& url() const { return endpoint_.url; }
  Health& health() { return health_; }

  // An idle connection that is still good, or null.
  std::unique_ptr<transport::Connection> warm() { return pool_.take(); }
  // A new one, not yet connected.
  Result<std::unique_ptr<transport::Connection>, transport::Failure> open(Deadline ready_by);
  void give_back(std::unique_ptr<transport::Connection> connection) {
    pool_.give_back(std::move(connection));
  }

  // It has answered 429, and will again until then: to ask it first would only cost a request more.
  bool is_refusing(Clock::time_point now) const {
    return now.time_since_epoch() < refuses_until_.load(std::memory_order_relaxed);
  }
  void refuses_until(Clock::time_point until) {
    refuses_until_.store(until.time_since_epoch(), std::memory_order_relaxed);
  }

  // How many requests of this process it works on; none of other processes, which nobody tells us.
  std::size_t under_way() const { return under_way_.load(std::memory_order_relaxed); }
  // One of them, as long as it lives, which must not be longer than the instance does.
  class UnderWay {
   public:
    explicit UnderWay(Instance& instance) : count_(&instance.under_way_) {
      count_->fetch_add(1, std::memory_order_relaxed);
    }
    UnderWay(UnderWay&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    UnderWay& operator=(UnderWay&& other) noexcept {
      std::swap(count_, other.count_);
      return *this;
    }
    ~UnderWay() {
      if (count_ != nullptr) count_->fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    std::atomic<std::size_t>* count_;
  };

  // What a request found out. The first of a kind is logged, and true is returned; nothing is once the
  // cluster is being stopped: what fails then fails for that.
  bool failed(const std::string& why);
  bool refused(const std::string& why);
  void worked(Clock::time_point began);  // when the request was sent
  // What a check of Health::begin_check() found out; worked() otherwise.
  void check_failed(const std::string& why);
  void check_failed(const transport::Failure& failure);
  void could_not_connect();
  // It does not answer on one: the others would only cost as much time.
  void drop_idle_connections() { pool_.clear(); }

 private:
  const std::string slot_;
  const transport::Endpoint endpoint_;
  const std::shared_ptr<transport::TlsContexts> tls_;
  transport::OpenSockets& sockets_;
  const StopSignal& stop_;
  transport::Resolver resolver_;
  transport::Pool pool_;
  Health health_;
  std::atomic<std::size_t> under_way_{0};
  std::atomic<Clock::duration> refuses_until_{Clock::duration::min()};
};

}  // namespace nethsm::cluster
