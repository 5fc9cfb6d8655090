// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace nethsm {

// The steady clock everywhere: wall clock jumps must not expire or prolong anything.
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A point in time after which an activity has failed. Copied by value through the layers, so that resolve,
// connect, TLS and answer share one budget.
class Deadline {
 public:
  static Deadline after(Clock::duration budget) {
    const auto now = Clock::now();
    // "Forever" in configurations is a large number; the sum must not overflow.
    return Deadline(budget > Clock::time_point::max() - now ? Clock::time_point::max() : now + budget);
  }
  static Deadline at(Clock::time_point when) { return Deadline(when); }
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  bool passed() const { return Clock::now() >= when_; }
  Clock::duration left() const { return std::max(Clock::duration::zero(), when_ - Clock::now()); }
  // For poll(2): rounded up, so that a wait does not end just before the deadline; capped at one hour.
  int left_for_poll() const {
    const auto capped = std::min<Clock::duration>(left(), std::chrono::hours(1));
    return static_cast<int>(std::chrono::ceil<milliseconds>(capped).count());
  }
  Clock::time_point when() const { return when_; }
  Deadline earlier(Deadline other) const { return Deadline(std::min(when_, other.when_)); }

 private:
  explicit Deadline(Clock::time_point when) : when_(when) {}
  Clock::time_point when_;
};

}  // namespace nethsm
