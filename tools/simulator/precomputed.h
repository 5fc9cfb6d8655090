// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "simulator/http_message.h"

namespace nethsm::simulator {

// The answers to uses of keys (sign, decrypt, encrypt) that were once given, to be given again to the same
// request of the same client: for benchmarks, in which the simulator's cryptography must not be what is
// measured. Any change of the device forgets them all. Thread-safe.
class PrecomputedAnswers {
 public:
  // What `answer` returns, or returned to an equal request.
  Response answer(unsigned instance, const Request& request, const std::function<Response()>& answer);

 private:
  Response remembered(std::string key, const std::function<Response()>& answer);
  void forget();

  std::shared_mutex mutex_;
  std::unordered_map<std::string, Response> answers_;
  std::uint64_t changes_ = 0;  // an answer from before a change is not remembered after it
};

}  // namespace nethsm::simulator
