// SPDX-License-Identifier: Apache-2.0
#include "session/operation_slot.h"

#include <stdexcept>

#include "catch.hpp"

using namespace nethsm;
using session::OperationSlot;
using session::Progress;
using session::Use;

namespace {

struct Counter {
  int calls = 0;
};

// One call with a prescribed outcome.
CK_RV call(OperationSlot<Counter>& slot, Use use, token::Result<Progress> outcome) {
  const auto status = slot.run(use, [&](Counter& counter) {
    ++counter.calls;
    return outcome;
  });
  return status ? CKR_OK : status.error().rv;
}

token::Result<Progress> refused(CK_RV rv) { return token::fail(rv); }

}  // namespace

TEST_CASE("Without an operation every call is CKR_OPERATION_NOT_INITIALIZED") {
  OperationSlot<Counter> slot;
  const Use use = GENERATE(Use::kOneShot, Use::kUpdate, Use::kFinal);
  CHECK(call(slot, use, Progress::kFinished) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("An operation ends unless it continues, was a size query or the buffer was too small") {
  OperationSlot<Counter> slot;
  slot.start({});
  SECTION("success ends it") {
    CHECK(call(slot, Use::kOneShot, Progress::kFinished) == CKR_OK);
    CHECK_FALSE(slot.active());
  }
  SECTION("a size query keeps it") {
    CHECK(call(slot, Use::kOneShot, Progress::kSizeQuery) == CKR_OK);
    CHECK(slot.active());
  }
  SECTION("a buffer that is too small keeps it") {
    CHECK(call(slot, Use::kFinal, refused(CKR_BUFFER_TOO_SMALL)) == CKR_BUFFER_TOO_SMALL);
    CHECK(slot.active());
  }
  SECTION("an update keeps it") {
    CHECK(call(slot, Use::kUpdate, Progress::kContinues) == CKR_OK);
    CHECK(slot.active());
  }
  SECTION("any other failure ends it") {
    const CK_RV rv = GENERATE(CK_RV{CKR_ARGUMENTS_BAD}, CK_RV{CKR_DEVICE_ERROR}, CK_RV{CKR_DATA_LEN_RANGE});
    CHECK(call(slot, Use::kUpdate, refused(rv)) == rv);
    CHECK_FALSE(slot.active());
  }
  SECTION("an exception ends it") {
    CHECK_THROWS(slot.run(Use::kUpdate, [](Counter&) -> token::Result<Progress> { throw std::bad_alloc(); }));
    CHECK_FALSE(slot.active());
  }
}

TEST_CASE("Without a place for the length of the output a call ends the operation before it sees the data") {
  OperationSlot<Counter> slot;
  slot.start({});
  const session::Output nowhere(nullptr, nullptr);
  bool reached = false;
  const auto status = slot.run(Use::kOneShot, nowhere, [&](Counter&) -> token::Result<Progress> {
    reached = true;
    return token::fail(CKR_DATA_LEN_RANGE);
  });
  REQUIRE_FALSE(status);
  CHECK(status.error().rv == CKR_ARGUMENTS_BAD);
  CHECK_FALSE(reached);
  CHECK_FALSE(slot.active());
}

TEST_CASE("One-shot and multi-part calls do not mix in one operation") {
  OperationSlot<Counter> slot;
  slot.start({});
  SECTION("one-shot after an update") {
    REQUIRE(call(slot, Use::kUpdate, Progress::kContinues) == CKR_OK);
    CHECK(call(slot, Use::kOneShot, Progress::kFinished) == CKR_OPERATION_ACTIVE);
  }
  SECTION("update after a one-shot size query") {
    REQUIRE(call(slot, Use::kOneShot, Progress::kSizeQuery) == CKR_OK);
    CHECK(call(slot, Use::kUpdate, Progress::kContinues) == CKR_OPERATION_ACTIVE);
  }
  SECTION("final after a one-shot call whose buffer was too small") {
    REQUIRE(call(slot, Use::kOneShot, refused(CKR_BUFFER_TOO_SMALL)) == CKR_BUFFER_TOO_SMALL);
    CHECK(call(slot, Use::kFinal, Progress::kFinished) == CKR_OPERATION_ACTIVE);
  }
  CHECK_FALSE(slot.active());

  slot.start({});
  CHECK(call(slot, Use::kFinal, Progress::kFinished) == CKR_OK);
}
