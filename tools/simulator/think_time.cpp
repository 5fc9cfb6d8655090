// SPDX-License-Identifier: Apache-2.0
#include "simulator/think_time.h"

#include <algorithm>
#include <charconv>

namespace nethsm::simulator {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::string_view, kLabours> kNames = {"sign",     "decrypt", "encrypt", "random",
                                                           "generate", "read",    "write",   "health"};

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr std::array<Unit, 3> kUnits{{{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}}};
constexpr std::int64_t kLongest = 3'600'000'000;  // an hour

microseconds parse_duration(std::string_view text) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto row = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == unit; });
  if (error != std::errc() || number < 0 || row == kUnits.end() || number > kLongest / row->microseconds)
    throw ThinkTimeError("'" + std::string(text) + "' is no duration such as 200us, 5ms or 1s");
  return microseconds(number * row->microseconds);
}

}  // namespace

std::string_view labour_name(Labour labour) { return kNames[static_cast<std::size_t>(labour)]; }

Labour labour_of(const Request& request) {
  const std::string_view path = request.raw_path();
  if (path.starts_with("/api/v1/health/")) return Labour::kHealth;
  if (request.method == "GET" || request.method == "HEAD") return Labour::kRead;
  if (request.method != "POST") return Labour::kWrite;
  if (path.ends_with("/sign")) return Labour::kSign;
  if (path.ends_with("/decrypt")) return Labour::kDecrypt;
  if (path.ends_with("/encrypt")) return Labour::kEncrypt;
  if (path == "/api/v1/random") return Labour::kRandom;
  return path == "/api/v1/keys/generate" ? Labour::kGenerate : Labour::kWrite;
}

bool ThinkTime::any() const {
  return std::any_of(times.begin(), times.end(), [](microseconds time) { return time.count() != 0; });
}

ThinkTime parse_think_time(std::string_view text) {
  ThinkTime think;
  bool first = true;
  for (const std::string_view item : split(text, ',')) {
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      if (!first) throw ThinkTimeError("the time for all kinds, '" + std::string(item) + "', stands first");
      think.times.fill(parse_duration(item));
      think.times[static_cast<std::size_t>(Labour::kHealth)] = microseconds(0);
    } else {
      const auto name = std::find(kNames.begin(), kNames.end(), item.substr(0, equals));
      if (name == kNames.end())
        throw ThinkTimeError("there is no '" + std::string(item.substr(0, equals)) +
                             "' among sign, decrypt, encrypt, random, generate, read, write, health");
      think.times[static_cast<std::size_t>(name - kNames.begin())] = parse_duration(item.substr(equals + 1));
    }
    first = false;
  }
  return think;
}

Labourer::Clock::time_point Labourer::done_at(microseconds time) {
  const std::lock_guard lock(mutex_);
  free_at_ = std::max(free_at_, Clock::now()) + time;
  return free_at_;
}

}  // namespace nethsm::simulator
