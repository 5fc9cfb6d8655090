// SPDX-License-Identifier: Apache-2.0
#include "cluster/health.h"

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::cluster;

namespace {
const Clock::time_point kStart = Clock::now();
Clock::time_point at(double seconds_later) {
  return kStart + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds_later));
}
}  // namespace

TEST_CASE("An instance works until a failure is reported, and again after a success") {
  Health health;
  CHECK(health.is_working());
  CHECK(health.admit(kStart));
  CHECK(health.note_failure(kStart));
  CHECK_FALSE(health.is_working());
  CHECK_FALSE(health.note_failure(kStart));  // known already
  CHECK(health.note_success());
  CHECK(health.is_working());
  CHECK_FALSE(health.note_success());
}

TEST_CASE("A failed instance is tried by one request each time a back-off has passed") {
  Health health;
  health.note_failure(kStart);
  auto now = kStart;
  for (std::size_t failure = 1; failure < 12; ++failure) {
    const auto wait = kBackOff[std::min(failure - 1, kBackOff.size() - 1)];
    INFO("failure " << failure);
    CHECK_FALSE(health.admit(now + wait - milliseconds(1)));
    now += wait + wait / 5 + seconds(1);  // the jitter is at most a fifth
    CHECK(health.admit(now));
    CHECK_FALSE(health.admit(now));
    health.note_failure(now);
  }
}

TEST_CASE("Requests that fail together count as one failure") {
  Health health;
  for (int i = 0; i < 20; ++i) health.note_failure(at(0.01 * i));
  CHECK(health.admit(at(1.3)));
}

TEST_CASE("An instance whose certificate is refused is left alone for long") {
  Health health;
  CHECK(health.note_refusal(kStart));
  CHECK_FALSE(health.note_refusal(at(1)));
  CHECK_FALSE(health.admit(at(290)));
  CHECK(health.admit(at(400)));
  CHECK(health.note_success());
  CHECK(health.is_working());
}

TEST_CASE("A refused certificate is news for an instance that had failed otherwise") {
  Health health;
  health.note_failure(kStart);
  CHECK(health.note_refusal(at(1)));
}
