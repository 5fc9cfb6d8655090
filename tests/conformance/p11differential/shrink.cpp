// SPDX-License-Identifier: Apache-2.0
#include "shrink.h"

#include <cstdio>

namespace nethsm::differential {
namespace {

constexpr std::size_t kMost = 4096;  // calls to go back
constexpr std::size_t kPrinted = 40;
constexpr unsigned kBudget = 300'000;  // calls to spend on it

// Whether these calls, from the beginning, end in a difference; one before the end counts as the end.
bool shows(Runner& runner, const std::vector<Step>& steps) {
  runner.reset();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (runner.apply(steps[i])) return i + 1 == steps.size();
  }
  return false;
}

// Leaves out stretches of calls, long ones first, as long as the difference shows.
std::vector<Step> shortened(Runner& runner, std::vector<Step> steps) {
  const unsigned limit = runner.calls + kBudget;
  for (std::size_t stretch = steps.size() / 2; stretch > 0; stretch /= 2) {
    for (std::size_t at = 0; at + stretch < steps.size() && runner.calls < limit;) {
      std::vector<Step> without = steps;
      const auto from = without.begin() + static_cast<std::ptrdiff_t>(at);
      without.erase(from, from + static_cast<std::ptrdiff_t>(stretch));
      if (shows(runner, without)) {
        steps = std::move(without);
      } else {
        at += stretch;
      }
    }
  }
  return steps;
}

}  // namespace

void print_shortest(Runner& runner, const std::vector<Step>& history) {
  std::vector<Step> shortest;
  for (std::size_t length = 1; shortest.empty() && length <= kMost; length *= 2) {
    const auto from = history.end() - static_cast<std::ptrdiff_t>(std::min(length, history.size()));
    const std::vector<Step> tail(from, history.end());
    if (shows(runner, tail)) shortest = tail;
  }
  if (shortest.empty()) {
    std::printf("it does not show again with the last %zu calls; the last %zu were\n", kMost, kPrinted);
    shortest.assign(history.end() - static_cast<std::ptrdiff_t>(std::min(kPrinted, history.size())),
                    history.end());
  } else {
    shortest = shortened(runner, std::move(shortest));
    std::printf("the shortest run of calls that shows it:\n");
  }
  for (const Step& step : shortest) std::printf("  %s\n", text_of(step).c_str());
}

}  // namespace nethsm::differential
