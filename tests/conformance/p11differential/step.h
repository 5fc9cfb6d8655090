// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "side.h"

namespace nethsm::differential {

// What a session does at a time. SoftHSM2 has one of these in a session, the standard one of each.
enum class Operation { kNone, kFind, kEncrypt, kDecrypt, kSign, kVerify, kDigest };
enum class Phase { kOther, kInit, kUpdate, kOneShot, kFinal };

inline constexpr int kNoSession = -1;   // a function without a session
inline constexpr int kBadSession = -2;  // a handle that nobody gave out

// A mechanism with its parameter's bytes; the structures of the standard hold no pointers here.
struct Mechanism {
  CK_MECHANISM_TYPE type = 0;
  Bytes parameter;
  const char* name = "";

  CK_MECHANISM get() const {
    return {type, parameter.empty() ? nullptr : const_cast<std::uint8_t*>(parameter.data()),
            parameter.size()};
  }
};

// What a call came to: its code, the numbers that it told, and the bytes that it gave.
struct Outcome {
  CK_RV rv;
  std::vector<CK_ULONG> numbers;
  std::vector<Bytes> parts;
};

// One call, the same for both sides.
struct Step {
  const char* function;
  std::string text;  // the arguments, for the reader
  std::function<Outcome(Side&)> call;

  int session = kNoSession;
  Operation operation = Operation::kNone;
  Phase phase = Phase::kOther;
  Mechanism mechanism{};                        // of an Init
  std::string key{};                            // of an Init: the object's name
  Bytes data{};                                 // what it feeds to the operation
  bool is_query = false;                        // the output is NULL
  bool is_random = false;                       // the bytes given differ by nature
  bool may_change_login = false;                // handles are looked up anew
  bool closes_all = false;                      // the anchor session as well
  std::vector<CK_ATTRIBUTE_TYPE> attributes{};  // of C_GetAttributeValue, in the order of numbers and parts
};

std::string text_of(const Step& step);
std::string text_of(const Outcome& outcome);

CK_SESSION_HANDLE session_handle(const Side& side, int session);

}  // namespace nethsm::differential
