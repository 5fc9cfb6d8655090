// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "simulator/fault.h"
#include "simulator/http_message.h"

namespace nethsm::simulator {

// The faults that are in force in a simulator, and which of them strikes next. Thread-safe; without any
// fault, asking costs one atomic load.
class Faults {
 public:
  struct Status {
    unsigned id = 0;
    FaultSpec spec;
    std::uint64_t matched = 0;   // connections or requests that were concerned
    std::uint64_t happened = 0;  // those that it happened to
    bool over = false;           // by its count or age; it is told until it is taken away
  };

  unsigned add(FaultSpec spec);  // its id, from 1 on
  bool remove(unsigned id);      // false: there is none
  void clear();
  std::vector<Status> list() const;

  // Does a fault happen here and now? The one that was added first, if there are several; it is counted.
  std::optional<FaultSpec> strike(FaultStage stage, unsigned instance);
  std::optional<FaultSpec> strike(FaultStage stage, unsigned instance, const Request& request);

  bool refuses(unsigned instance) const;
  // How late this instance sees what others have written; zero: at once, max(): not at all.
  std::chrono::milliseconds visibility_lag(unsigned instance) const;
  bool any_visibility_lag() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Active {
    Status status;
    Clock::time_point since = Clock::now();
    std::minstd_rand random;
  };
  static bool is_over(const Active& active);
  static bool concerns(const Active& active, FaultStage stage, unsigned instance, const Request* request);
  static bool happens(Active& active);
  std::optional<FaultSpec> strike(FaultStage stage, unsigned instance, const Request* request);

  std::atomic<std::size_t> active_{0};
  mutable std::mutex mutex_;
  std::vector<Active> faults_;
  unsigned last_id_ = 0;
};

}  // namespace nethsm::simulator
