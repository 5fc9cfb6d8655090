// SPDX-License-Identifier: Apache-2.0
#include "token/rv.h"

#include <array>

namespace nethsm::token {
namespace {

using Kind = api::Error::Kind;

struct Row {
  Kind kind;
  CK_RV using_key, decrypting, managing, reading, logging_in;
};

// Failures of the transport and of the device are CKR_DEVICE_ERROR everywhere: consumers retry C_Sign as if
// the buffer had been too small after any other code.
constexpr Row kRows[] = {
    {Kind::kUnauthorized, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
     CKR_USER_NOT_LOGGED_IN, CKR_PIN_INCORRECT},
    {Kind::kForbidden, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
     CKR_USER_NOT_LOGGED_IN, CKR_PIN_INCORRECT},
    {Kind::kTagsNotMet, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_ACTION_PROHIBITED,
     CKR_ACTION_PROHIBITED, CKR_DEVICE_ERROR},
    {Kind::kNotFound, CKR_KEY_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID,
     CKR_OBJECT_HANDLE_INVALID, CKR_PIN_INCORRECT},
    {Kind::kExists, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_ATTRIBUTE_VALUE_INVALID, CKR_DEVICE_ERROR,
     CKR_DEVICE_ERROR},
    {Kind::kRejected, CKR_DATA_INVALID, CKR_ENCRYPTED_DATA_INVALID, CKR_ATTRIBUTE_VALUE_INVALID,
     CKR_DEVICE_ERROR, CKR_PIN_INCORRECT},
    {Kind::kTooLarge, CKR_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ATTRIBUTE_VALUE_INVALID,
     CKR_DEVICE_ERROR, CKR_PIN_INCORRECT},
    {Kind::kBusy, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR},
    {Kind::kNotOperational, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_PRESENT,
     CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_PRESENT},
    {Kind::kUnreachable, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR,
     CKR_DEVICE_ERROR},
    {Kind::kRefusedPeer, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR,
     CKR_DEVICE_ERROR},
    {Kind::kOutcomeUnknown, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR,
     CKR_DEVICE_ERROR},
    {Kind::kProtocol, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR,
     CKR_DEVICE_ERROR},
};

constexpr bool rows_stand_at_their_kind() {
  std::size_t index = 0;
  for (const Row& row : kRows) {
    if (static_cast<std::size_t>(row.kind) != index++) return false;
  }
  return index == static_cast<std::size_t>(Kind::kProtocol) + 1;
}
static_assert(rows_stand_at_their_kind());

}  // namespace

bool is_about_rights(Kind kind) {
  return kind == Kind::kUnauthorized || kind == Kind::kForbidden || kind == Kind::kTagsNotMet;
}

CK_RV rv_of(Kind kind, Doing doing) {
  const Row& row = kRows[static_cast<std::size_t>(kind)];
  switch (doing) {
    case Doing::kUsing:
      return row.using_key;
    case Doing::kDecrypting:
      return row.decrypting;
    case Doing::kManaging:
      return row.managing;
    case Doing::kReading:
      return row.reading;
    case Doing::kLoggingIn:
      return row.logging_in;
  }
  return CKR_GENERAL_ERROR;
}

}  // namespace nethsm::token
