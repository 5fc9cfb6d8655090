// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <random>

#include "base/clock.h"
#include "base/guarded.h"

namespace nethsm::cluster {

// How long an instance is left alone after its n-th failure in a row; the last one holds from then on.
constexpr std::array<seconds, 7> kBackOff = {seconds(1),  seconds(1),  seconds(2),  seconds(5),
                                             seconds(10), seconds(60), seconds(300)};

// Whether one instance can be expected to work. Working until a failure is reported; then failed until it
// works again, with attempts spaced by kBackOff, plus up to a fifth of it so that many clients do not come
// back in the same moment. Thread-safe; the question that each request asks takes no lock while the instance
// works.
class Health {
 public:
  using Now = Clock::time_point;

  bool is_working() const { return !failed_.load(std::memory_order_acquire); }

  // May a request try this instance? If it has failed, one may each time a back-off has passed.
  bool admit(Now now);

  // These say whether the state has changed, which is worth a line in the log.
  bool note_failure(Now now);
  bool note_refusal(
      Now now);  // a certificate that is not trusted: nothing to expect but after somebody's work
  bool note_success();

 private:
  struct Outage {
    std::size_t level = 0;  // index in kBackOff
    Now retry_at{};
    bool being_tried = false;  // a request has been admitted since the last failure
    bool refused = false;
    std::minstd_rand random{std::minstd_rand::default_seed};
  };
  static Now retry_time(Outage& outage, Now now);

  std::atomic<bool> failed_{false};
  Guarded<Outage> outage_;
};

}  // namespace nethsm::cluster
