// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace nethsm::cluster {

// Says to all threads that wait in poll(2) that they shall stop; never taken back. Thread-safe.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise() noexcept;
  bool raised() const { return raised_.load(std::memory_order_acquire); }
  // Readable once it has been raised. -1, which poll(2) ignores, if the system had no descriptor left.
  int descriptor() const { return descriptor_; }
  void close_inherited() noexcept;  // in a forked child

 private:
  std::atomic<bool> raised_{false};
  int descriptor_;
};

}  // namespace nethsm::cluster
