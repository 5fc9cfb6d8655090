// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <random>

#include "base/clock.h"
#include "base/guarded.h"

namespace nethsm::cluster {

// How long after its n-th failure in a row an instance is checked; the last one holds from then on.
constexpr std::array<seconds, 7> kBackOff = {seconds(1),  seconds(1),  seconds(2),  seconds(5),
                                             seconds(10), seconds(60), seconds(300)};

// Whether one instance can be expected to work. It works until a failure is reported; then it is failed, and
// gets no requests while others work, until a check or a request finds that it works again. Checks are spaced
// by kBackOff, plus up to a fifth of it at random, so that many clients do not come back in the same moment.
// An instance that fails again right after it has come back waits longer from time to time, too.
// Thread-safe; the question that each request asks takes no lock.
class Health {
 public:
  using Now = Clock::time_point;

  bool is_working() const { return !failed_.load(std::memory_order_acquire); }

  // These say whether the state has changed, which is worth a line in the log.
  bool note_failure(Now now);
  // A certificate that is not trusted: nothing to expect but after somebody's work.
  bool note_refusal(Now now);
  // `began` is when the request was sent: what an instance had in hand when it failed says nothing.
  bool note_success(Now now, Now began);

  // When the next check is due; the far future while the instance works or is being checked.
  Now next_check() const;
  // True for one caller each time a check is due. It must tell what came of it by note_check_failed() or
  // note_success().
  bool begin_check(Now now);
  void note_check_failed(Now now);

 private:
  struct Outage {
    std::size_t level = 0;  // index in kBackOff
    Now since{}, check_at{}, over_since{};
    bool being_checked = false;
    bool refused = false;
    std::minstd_rand random{seed()};
  };
  static std::uint32_t seed();
  static Now check_time(Outage& outage, Now now);

  std::atomic<bool> failed_{false};
  Guarded<Outage> outage_;
};

}  // namespace nethsm::cluster
