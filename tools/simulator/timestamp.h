// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nethsm::simulator {

// Points in time as milliseconds since 1970, UTC.
using Timestamp = std::chrono::milliseconds;

// what() is the server's complaint.
class TimestampError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// RFC 3339; the offset must be zero. Throws TimestampError.
Timestamp parse_timestamp(std::string_view text);

std::string format_timestamp(Timestamp time);  // "2026-01-02T03:04:05Z"; without fractions

}  // namespace nethsm::simulator
