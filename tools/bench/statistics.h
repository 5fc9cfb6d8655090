// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nethsm::bench {

// Latencies of one thread or, merged, of a run. Samples are kept, four bytes each: 16 million calls take 64
// MB.
class Latencies {
 public:
  void add(std::uint64_t nanoseconds) {
    samples_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(nanoseconds / 10, UINT32_MAX)));
  }
  void merge(const Latencies& other) {
    samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
  }
  std::size_t count() const { return samples_.size(); }

  // In microseconds; `share` from 0 to 1. Sorts what is there.
  double quantile(double share) {
    if (samples_.empty()) return 0;
    std::sort(samples_.begin(), samples_.end());
    const auto last = static_cast<double>(samples_.size() - 1);
    return samples_[static_cast<std::size_t>(share * last + 0.5)] / 100.0;
  }

 private:
  std::vector<std::uint32_t> samples_;  // of 10 ns
};

// The middle and the ends of a few values.
struct Spread {
  double median = 0, lowest = 0, highest = 0;
};
inline Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {median, values.front(), values.back()};
}

// What a number of calls came to. Rounds of one measurement are added up.
struct Measurement {
  Latencies latencies;
  double seconds = 0;      // wall time
  double cpu_seconds = 0;  // of this process, user and system
  std::uint64_t requests = 0;
  bool requests_known = false;
  std::uint64_t failures = 0;
  std::string first_failure = {};

  double per_second() const { return seconds == 0 ? 0 : static_cast<double>(latencies.count()) / seconds; }
  double cpu_microseconds() const { return per_call(cpu_seconds * 1e6); }
  double requests_per_call() const { return per_call(static_cast<double>(requests)); }

  void add(const Measurement& round) {
    latencies.merge(round.latencies);
    seconds += round.seconds;
    cpu_seconds += round.cpu_seconds;
    requests += round.requests;
    requests_known = round.requests_known;
    failures += round.failures;
    if (first_failure.empty()) first_failure = round.first_failure;
  }

 private:
  double per_call(double total) const {
    return latencies.count() == 0 ? 0 : total / static_cast<double>(latencies.count());
  }
};

// What of one round is compared with the same round of another contestant.
struct Round {
  double per_second = 0, p50_us = 0, cpu_us = 0;
};
inline Round round_of(Measurement& measured) {
  return {measured.per_second(), measured.latencies.quantile(0.5), measured.cpu_microseconds()};
}

}  // namespace nethsm::bench
