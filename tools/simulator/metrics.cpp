// SPDX-License-Identifier: Apache-2.0
#include "simulator/metrics.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace nethsm::simulator {
namespace {

// Always present: figures about the genuine server's log and memory, which a simulator does not have.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kConstants{{
    {"log errors", "0"},
    {"log warnings", "0"},
    {"gc minor collections", "0"},
    {"gc compactions", "0"},
    {"gc major bytes", "0"},
    {"gc major collections", "0"},
}};

}  // namespace

void Metrics::count(std::string_view event) {
  const std::lock_guard lock(mutex_);
  const auto it = counters_.find(event);
  if (it != counters_.end()) {
    ++it->second;
  } else {
    counters_.emplace(event, 1);
  }
}

void Metrics::count_response(int status, std::chrono::steady_clock::duration time) {
  count("http response " + std::to_string(status));
  count("http response total");
  const std::lock_guard lock(mutex_);
  response_time_ = time;
}

std::string Metrics::json() const {
  const std::lock_guard lock(mutex_);
  std::string json = "{";
  const auto add = [&](std::string_view name, std::string_view value) {
    json += json.size() == 1 ? "\"" : ",\"";
    json.append(name).append("\":\"").append(value).append("\"");
  };
  const auto up = std::chrono::steady_clock::now() - start_;
  add("uptime", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(up).count()));
  for (const auto& [name, value] : kConstants) add(name, value);
  for (const auto& [name, value] : counters_) add(name, std::to_string(value));
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%g", std::chrono::duration<double>(response_time_).count());
  add("http response time", seconds.data());
  return json + "}";
}

void Metrics::clear() {
  const std::lock_guard lock(mutex_);
  counters_.clear();
  start_ = std::chrono::steady_clock::now();
}

}  // namespace nethsm::simulator
