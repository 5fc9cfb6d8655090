// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nethsm::simulator {

// What can be made to go wrong. Each kind is a row of kFaults.
enum class FaultKind : std::uint8_t {
  kRefuse,
  kResetOnAccept,
  kStallOnAccept,
  kSlowHandshake,
  kWrongCertificate,
  kResetBeforeReading,
  kResetAfterReading,
  kStall,
  kStatus,
  kDrip,
  kCloseMidAnswer,
  kLostAnswer,
  kGarbageHttp,
  kGarbageJson,
  kHugeHeader,
  kHugeBody,
  kCloseIdle,
  kDelayedVisibility,
  kSplitStore,
};

// The moment in which a kind acts. What the request is, is known from kRequest on.
enum class FaultStage : std::uint8_t {
  kListen,   // as long as it is active
  kAccept,   // a connection has been accepted, nothing has been read
  kArrival,  // the first bytes of a request are there, none has been read
  kRequest,  // the request has been read; the fault takes the place of what the device does
  kAnswer,   // the device has done what was asked; the fault takes the place of the answer
  kIdle,     // the answer has been sent
  kStore,    // as long as it is active
};

struct FaultFacts {
  enum class Value : std::uint8_t { kNone, kDuration, kStatus, kSize };
  FaultKind kind;
  std::string_view name;
  FaultStage stage;
  Value value;
  std::optional<std::int64_t> preset;  // milliseconds, status or bytes; absent: a value must be given
  std::string_view help;
};
std::span<const FaultFacts> fault_table();
const FaultFacts& facts(FaultKind kind);

inline constexpr std::int64_t kForEver = -1;  // of a duration

// A fault and when it happens; what FaultError is thrown about. Plain value.
struct FaultSpec {
  FaultKind kind = FaultKind::kRefuse;
  std::int64_t value = 0;                        // milliseconds or kForEver, status, or bytes
  std::vector<unsigned> instances;               // empty: all
  std::string method;                            // empty: any
  std::string path;                              // below /api/v1, '*' stands for any characters; empty: any
  std::uint64_t nth = 1;                         // the first of the requests concerned that it happens to
  std::optional<std::uint64_t> count;            // to how many; then the fault is over
  std::optional<double> share;                   // the part of the requests that it happens to, 0 to 1
  std::uint32_t seed = 1;                        // of the choice of that part
  std::optional<std::chrono::milliseconds> age;  // at which the fault is over

  std::string text() const;  // in the grammar of parse_fault
};

class FaultError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// KIND[=VALUE]{,SETTING=VALUE}, for example "status=503,instance=1,method=POST,path=/keys/*/sign,count=3".
// The one grammar of the command line, the control port and tests; docs/simulator.md explains it. Throws
// FaultError, which says what is wrong with the text.
FaultSpec parse_fault(std::string_view text);

// Throws FaultError if the fault is to happen to an instance beyond the first `count`.
void check_instances(const FaultSpec& spec, unsigned count);

bool matches_pattern(std::string_view pattern, std::string_view text);  // '*' is any number of characters

}  // namespace nethsm::simulator
