// SPDX-License-Identifier: Apache-2.0
#include "cluster/health.h"

#include <algorithm>

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
  CHECK(health.note_failure(kStart));
  CHECK_FALSE(health.is_working());
  CHECK_FALSE(health.note_failure(kStart));  // known already
  CHECK(health.note_success(kStart, kStart));
  CHECK(health.is_working());
  CHECK_FALSE(health.note_success(kStart, kStart));
}

TEST_CASE("A failed instance is checked by one at a time, each time a back-off has passed") {
  Health health;
  CHECK_FALSE(health.begin_check(kStart));
  health.note_failure(kStart);
  auto now = kStart;
  for (std::size_t failure = 0; failure < 12; ++failure) {
    const auto wait = kBackOff[std::min(failure, kBackOff.size() - 1)];
    INFO("failure " << failure);
    CHECK(health.next_check() >= now + wait);
    CHECK(health.next_check() <= now + wait + milliseconds(wait) / 5);  // the jitter
    CHECK_FALSE(health.begin_check(now + wait - milliseconds(1)));
    now = health.next_check();
    CHECK(health.begin_check(now));
    CHECK_FALSE(health.begin_check(now));
    CHECK(health.next_check() == Clock::time_point::max());
    health.note_check_failed(now);
  }
}

TEST_CASE("Requests that fail meanwhile do not put the next check off") {
  Health health;
  health.note_failure(kStart);
  const auto due = health.next_check();
  for (int i = 1; i < 20; ++i) health.note_failure(at(0.1 * i));
  CHECK(health.next_check() == due);
}

TEST_CASE("Two clients do not check in the same moment") {
  Health a, b;
  a.note_failure(kStart);
  b.note_failure(kStart);
  CHECK(a.next_check() != b.next_check());
}

TEST_CASE("An answer to what was asked before the failure does not count as a recovery") {
  Health health;
  health.note_failure(at(1));
  CHECK_FALSE(health.note_success(at(2), kStart));
  CHECK_FALSE(health.is_working());
  CHECK(health.note_success(at(3), at(2)));
}

TEST_CASE("An instance whose certificate is refused is left alone for long") {
  Health health;
  CHECK(health.note_refusal(kStart));
  CHECK_FALSE(health.note_refusal(at(1)));
  CHECK_FALSE(health.begin_check(at(290)));
  CHECK(health.begin_check(at(400)));
  CHECK(health.note_success(at(400), at(400)));
  CHECK(health.is_working());
}

TEST_CASE("A refused certificate is news for an instance that had failed otherwise") {
  Health health;
  health.note_failure(kStart);
  CHECK(health.note_refusal(at(1)));
}

TEST_CASE("An instance that answers checks and fails requests is checked less and less often, for a while") {
  Health health;
  auto now = kStart;
  for (const auto wait : {seconds(1), seconds(1), seconds(2), seconds(5), seconds(5), seconds(5)}) {
    health.note_failure(now);
    CHECK(health.next_check() >= now + wait);
    CHECK(health.next_check() <= now + wait + milliseconds(wait) / 5);
    now = health.next_check();
    REQUIRE(health.begin_check(now));
    health.note_success(now, now);
    now += milliseconds(100);
  }
  health.note_failure(now + seconds(60));
  CHECK(health.next_check() <= now + seconds(62));
}
