// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulator/http_message.h"

namespace nethsm::simulator {

// What a device needs different times for.
enum class Labour : std::uint8_t { kSign, kDecrypt, kEncrypt, kRandom, kGenerate, kRead, kWrite, kHealth };
inline constexpr std::size_t kLabours = 8;
Labour labour_of(const Request& request);
std::string_view labour_name(Labour labour);

class ThinkTimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How long a device works on a request of each kind, not counting the network. Plain value; zero: no longer
// than the simulator itself needs.
struct ThinkTime {
  std::array<std::chrono::microseconds, kLabours> times{};

  bool any() const;
  std::chrono::microseconds of(Labour labour) const { return times[static_cast<std::size_t>(labour)]; }
};

// "200us" is for all kinds but health; "sign=200us,decrypt=5ms" for these two; in "1ms,generate=2s" the first
// is for the rest. Units are us, ms and s. Throws ThinkTimeError, which says what is wrong.
ThinkTime parse_think_time(std::string_view text);

// The one thing that a device does at a time. Requests are worked on in the order of their arrival.
// Thread-safe.
class Labourer {
 public:
  using Clock = std::chrono::steady_clock;

  // When a piece of work that arrives now and takes so long will be done.
  Clock::time_point done_at(std::chrono::microseconds time);

 private:
  std::mutex mutex_;
  Clock::time_point free_at_{};
};

}  // namespace nethsm::simulator
