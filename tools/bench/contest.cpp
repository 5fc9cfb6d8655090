// SPDX-License-Identifier: Apache-2.0
#include "bench/contest.h"

#include <httplib.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace nethsm::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double cpu_seconds_of_process() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uint64_t nanoseconds_since(SteadyClock::time_point begin) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - begin).count());
}

// One thread: works until it is told to stop, at least once.
struct Runner {
  Measurement measured;

  void run(const std::function<Work()>& new_worker, std::barrier<>& step, const std::atomic<bool>& stop) {
    Work work;
    attempt([&] {
      work = new_worker();
      work();  // warms the connections up, unmeasured
    });
    step.arrive_and_wait();  // all are ready
    step.arrive_and_wait();  // what there is to count has been read
    while (measured.failures == 0) {
      const auto begin = SteadyClock::now();
      attempt([&] { work(); });
      measured.latencies.add(nanoseconds_since(begin));
      if (stop.load(std::memory_order_relaxed)) break;
    }
    step.arrive_and_wait();
  }

  template <class Action>
  void attempt(Action&& action) {
    try {
      action();
    } catch (const std::exception& failure) {
      ++measured.failures;
      measured.first_failure = failure.what();
    }
  }
};

Measurement turn(const Contestant& contestant, unsigned threads, double seconds,
                 const RequestCounter& counter) {
  std::barrier step(threads + 1);
  std::atomic<bool> stop{false};
  std::vector<Runner> runners(threads);
  std::vector<std::jthread> running;
  for (auto& runner : runners) {
    running.emplace_back([&] { runner.run(contestant.new_worker, step, stop); });
  }
  step.arrive_and_wait();
  counter.reset();
  const double cpu = cpu_seconds_of_process();
  const auto begin = SteadyClock::now();
  step.arrive_and_wait();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop.store(true);
  step.arrive_and_wait();

  Measurement measured;
  for (const auto& runner : runners) measured.add(runner.measured);
  measured.seconds = static_cast<double>(nanoseconds_since(begin)) * 1e-9;
  measured.cpu_seconds = cpu_seconds_of_process() - cpu;
  measured.requests_known = counter.available();
  measured.requests = counter.count();
  return measured;
}

}  // namespace

void RequestCounter::reset() const {
  if (available()) httplib::Client(url_).Delete("/requests");
}

std::uint64_t RequestCounter::count() const {
  if (!available()) return 0;
  const auto answer = httplib::Client(url_).Get("/requests/counts");
  if (!answer || answer->status != 200)
    throw std::runtime_error("the control port " + url_ + " does not answer");
  std::uint64_t total = 0;
  for (const auto& instance : nlohmann::json::parse(answer->body))
    total += instance.at("total").get<std::uint64_t>();
  return total;
}

Result contest(const std::vector<Contestant>& contestants, unsigned threads, double seconds, unsigned rounds,
               const RequestCounter& counter, const std::function<void(const std::string&)>& progress) {
  Result result;
  result.threads = threads;
  result.measurements.resize(contestants.size());
  result.rounds.resize(contestants.size());
  for (const auto& contestant : contestants) result.names.push_back(contestant.name);
  for (unsigned round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      progress("round " + std::to_string(round + 1) + " of " + std::to_string(rounds) + ": " +
               contestants[i].name);
      Measurement measured = turn(contestants[i], threads, seconds / rounds, counter);
      result.rounds[i].push_back(round_of(measured));
      result.measurements[i].add(measured);
    }
  }
  return result;
}

}  // namespace nethsm::bench
