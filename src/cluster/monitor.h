// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace nethsm::cluster {

struct Fleet;

// The thread that looks whether failed instances are back. It exists only while an instance is failed; it has
// all signals blocked and a name. Where threads are not allowed, or none can be created, it does not exist,
// and requests do the checks (check_inline). Thread-safe.
//
// A forked child has no such thread, and touches nothing here but close_inherited().
class Monitor {
 public:
  Monitor(Fleet& fleet, bool threads_allowed);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // An instance has failed.
  void watch();
  bool is_watching() const { return watching_.load(std::memory_order_acquire); }

  // Ends the thread, for good; the fleet's stop signal has been raised. Waits for it, but not for ever: it
  // may be in the system's name resolver, which cannot be interrupted. It then ends when it comes out of it.
  void finish();
  void close_inherited() noexcept;

 private:
  void start();
  void run();
  void watch_over();
  bool ends_here();
  void wake() const noexcept;

  Fleet& fleet_;
  const bool threads_allowed_;
  int wake_descriptor_;
  std::atomic<bool> watching_{false};  // the thread runs and will see what fails from now on
  std::mutex mutex_;
  std::condition_variable ended_;
  std::thread thread_;
  bool finished_ = false;
  bool has_complained_ = false;
};

}  // namespace nethsm::cluster
