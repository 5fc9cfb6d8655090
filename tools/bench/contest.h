// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/limit.h"
#include "bench/operations.h"
#include "bench/statistics.h"

namespace nethsm::bench {

// One who is measured: makes the work of each thread.
struct Contestant {
  std::string name;
  std::function<Work()> new_worker;  // called once a thread, in that thread
};

// What the contestants made of one operation with one number of threads, in their order.
struct Result {
  std::string operation;
  unsigned threads = 0;
  std::vector<std::string> names;
  std::vector<Measurement> measurements;        // all rounds together
  std::vector<std::vector<Round>> rounds = {};  // of each contestant
};

// Counts the requests that the simulators see, by their control port; without one, nothing is counted.
class RequestCounter {
 public:
  explicit RequestCounter(std::string control_url) : url_(std::move(control_url)) {}
  bool available() const { return !url_.empty(); }
  void reset() const;
  std::uint64_t count() const;

 private:
  std::string url_;
};

// Lets the contestants take turns, `rounds` times, for `seconds` each in all. `progress` is told of each
// turn. What the operation was, the caller adds.
Result contest(const std::vector<Contestant>& contestants, unsigned threads, double seconds, unsigned rounds,
               const RequestCounter& counter, const std::function<void(const std::string&)>& progress);

}  // namespace nethsm::bench
