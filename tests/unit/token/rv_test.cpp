// SPDX-License-Identifier: Apache-2.0
#include "token/rv.h"

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::token;
using Kind = api::Error::Kind;

TEST_CASE("A refused passphrase is a wrong PIN at login and no login elsewhere") {
  CHECK(rv_of(Kind::kUnauthorized, Doing::kLoggingIn) == CKR_PIN_INCORRECT);
  for (const Doing doing : {Doing::kUsing, Doing::kDecrypting, Doing::kManaging, Doing::kReading}) {
    CHECK(rv_of(Kind::kUnauthorized, doing) == CKR_USER_NOT_LOGGED_IN);
  }
}

TEST_CASE("Failures of the device and the way to it are device errors everywhere") {
  for (const Kind kind :
       {Kind::kBusy, Kind::kUnreachable, Kind::kRefusedPeer, Kind::kOutcomeUnknown, Kind::kProtocol}) {
    for (const Doing doing :
         {Doing::kUsing, Doing::kDecrypting, Doing::kManaging, Doing::kReading, Doing::kLoggingIn}) {
      CHECK(rv_of(kind, doing) == CKR_DEVICE_ERROR);
    }
  }
}

TEST_CASE("A locked NetHSM is an absent token") {
  CHECK(rv_of(Kind::kNotOperational, Doing::kUsing) == CKR_TOKEN_NOT_PRESENT);
  CHECK(rv_of(Kind::kNotOperational, Doing::kLoggingIn) == CKR_TOKEN_NOT_PRESENT);
}

TEST_CASE("The same refusal means what was being done") {
  CHECK(rv_of(Kind::kRejected, Doing::kUsing) == CKR_DATA_INVALID);
  CHECK(rv_of(Kind::kRejected, Doing::kDecrypting) == CKR_ENCRYPTED_DATA_INVALID);
  CHECK(rv_of(Kind::kRejected, Doing::kManaging) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv_of(Kind::kNotFound, Doing::kUsing) == CKR_KEY_HANDLE_INVALID);
  CHECK(rv_of(Kind::kNotFound, Doing::kManaging) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(rv_of(Kind::kTagsNotMet, Doing::kUsing) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(rv_of(Kind::kExists, Doing::kManaging) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv_of(Kind::kTooLarge, Doing::kUsing) == CKR_DATA_LEN_RANGE);
}

TEST_CASE("Missing rights are for the log, a wrong ciphertext is not") {
  for (const Kind kind : {Kind::kUnauthorized, Kind::kForbidden, Kind::kTagsNotMet}) {
    CHECK(failure({kind, "403"}, Doing::kUsing).error().is_loud);
  }
  CHECK_FALSE(failure({Kind::kRejected, "400"}, Doing::kDecrypting).error().is_loud);
}
