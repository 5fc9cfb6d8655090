// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::token {

// The code that the application gets and the reason that the log gets. Logged once, by the barrier in
// cryptoki.
struct Error {
  CK_RV rv = CKR_GENERAL_ERROR;
  std::string message;   // what happened and what may help; empty where the code says it all; no secrets
  bool is_loud = false;  // an administrator should read the message, even if the code is an everyday answer
};

template <class T>
using Result = nethsm::Result<T, Error>;
using Status = Result<Ok>;

inline Unexpected<Error> fail(CK_RV rv, std::string message = {}) {
  return Unexpected(Error{rv, std::move(message)});
}
inline Unexpected<Error> fail_loudly(CK_RV rv, std::string message) {
  return Unexpected(Error{rv, std::move(message), /*is_loud=*/true});
}

}  // namespace nethsm::token
