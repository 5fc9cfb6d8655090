// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace nethsm::crypto {

// Why an operation gave no value, in words for the log. What it means for the application is for the caller
// to say, who knows where the input came from.
struct Error {
  std::string message;  // no secrets
};

template <class T>
using Result = nethsm::Result<T, Error>;
using Status = Result<Ok>;

inline Unexpected<Error> fail(std::string message) { return Unexpected(Error{std::move(message)}); }

}  // namespace nethsm::crypto
