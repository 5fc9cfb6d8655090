// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "nethsm/client.h"
#include "token/error.h"

// What the application hears when the device, or the way to it, says no: one table for all calls.
namespace nethsm::token {

// What was being done; the same refusal means different things.
enum class Doing : std::uint8_t {
  kUsing,       // sign, encrypt, random
  kDecrypting,  // decrypt: a refused input is a bad ciphertext
  kManaging,    // generate, import, change, destroy
  kReading,     // list, read keys and certificates, device information
  kLoggingIn,   // prove a passphrase
};

CK_RV rv_of(api::Error::Kind kind, Doing doing);

// That a user may not do what the configuration has that user do, an administrator should hear, whatever the
// code.
bool is_about_rights(api::Error::Kind kind);

inline Unexpected<Error> failure(const api::Error& error, Doing doing) {
  return Unexpected(Error{rv_of(error.kind, doing), error.message, is_about_rights(error.kind)});
}

// The value of a call on the device, or its failure in PKCS#11 terms.
template <class T>
Result<T> translate(api::ApiResult<T> answer, Doing doing) {
  if (answer) return std::move(*answer);
  return failure(answer.error(), doing);
}

}  // namespace nethsm::token
