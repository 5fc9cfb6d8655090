// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace nethsm::simulator {

// The counters of /metrics; a counter appears with its first event. Thread-safe.
class Metrics {
 public:
  // "generate", "sign", "decrypt", "encrypt", "kv write", ...
  void count(std::string_view event);
  void count_response(int status, std::chrono::steady_clock::duration time);
  std::string json() const;  // one flat object of strings
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counters_;
  std::chrono::steady_clock::duration response_time_{};
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace nethsm::simulator
