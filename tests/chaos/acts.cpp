// SPDX-License-Identifier: Apache-2.0
#include "acts.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "load.h"

namespace nethsm::test::chaos {
namespace {

void say(const char* format, ...) __attribute__((format(printf, 1, 2)));
void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
  std::printf("\n");
  std::fflush(stdout);
}

void check_times(Arena& arena, const Load& load, const char* act) {
  if (load.longest_call() > kLongestCall) {
    arena.findings.add(std::string(act) + ": a call took " + std::to_string(load.longest_call().count()) +
                       " ms");
  }
}

template <class Condition>
bool comes_true(Condition&& condition, seconds limit) {
  const auto until = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(50));
  }
  return true;
}

// Waits until the module uses an instance again; how long that took, or nothing.
std::optional<milliseconds> time_until_used(Arena& arena, unsigned instance, seconds limit) {
  const auto start = Clock::now();
  const auto before = arena.devices.request_counts(instance).uses;
  if (!comes_true([&] { return arena.devices.request_counts(instance).uses >= before + 20; }, limit))
    return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
}

// The faults of connections, requests and answers, shuffled; each turns up before one comes again.
class Deck {
 public:
  explicit Deck(std::mt19937& random) : random_(random) {}

  std::string draw(const std::string& victims) {
    if (left_.empty()) {
      for (const auto& row : simulator::fault_table()) left_.push_back(&row);
      std::shuffle(left_.begin(), left_.end(), random_);
    }
    const auto& row = *left_.back();
    left_.pop_back();
    return spec(row, victims);
  }

 private:
  std::string spec(const simulator::FaultFacts& row, const std::string& victims) {
    using Kind = simulator::FaultKind;
    std::string text(row.name);
    if (row.kind == Kind::kStatus) {
      constexpr int kStatuses[] = {412, 429, 500, 502, 503, 504};
      text += "=" + std::to_string(kStatuses[random_() % std::size(kStatuses)]);
    } else if (row.kind == Kind::kDelayedVisibility) {
      return text + "=" + std::to_string(500 + random_() % 9500) + "ms";
    } else if (row.kind == Kind::kSplitStore) {
      return text;
    }
    text += ",instance=" + victims;
    const bool lasts = row.stage == simulator::FaultStage::kListen;
    constexpr const char* kShares[] = {"", ",share=50%", ",share=10%", ",count=3"};
    if (lasts) return text;
    return text + kShares[random_() % std::size(kShares)] + ",seed=" + std::to_string(random_() % 1000);
  }

  std::mt19937& random_;
  std::vector<const simulator::FaultFacts*> left_;
};

// Another instance than this one.
unsigned other(unsigned instance, std::mt19937& random) {
  return (instance + 1 + static_cast<unsigned>(random() % (kInstances - 1))) % kInstances;
}

}  // namespace

void lost_answers(Arena& arena, const Settings& settings) {
  for (const char* where : {"path=/keys/generate", "method=DELETE,path=/keys/*"}) {
    for (const char* fault : {"lost-answer,share=15%", "close-mid-answer,share=10%", "garbage-http,share=5%",
                              "reset-after-reading,share=4%", "status=503,share=3%"}) {
      arena.devices.add_fault(std::string(fault) + ",seed=" + std::to_string(settings.seed) + "," + where);
    }
  }
  std::uint64_t failed = 0;
  {
    Load load(arena, {0, settings.threads, true, settings.writes});
    load.wait_for_writers();
    failed = load.failed_writes();
  }
  std::uint64_t lost = 0;
  for (const auto& fault : arena.devices.faults()) lost += fault.happened;
  arena.devices.clear_faults();
  arena.ledger.check(arena);
  say("lost answers: %llu writes, %llu answers lost or refused, %llu reported as not done; %s",
      static_cast<unsigned long long>(settings.writes), static_cast<unsigned long long>(lost),
      static_cast<unsigned long long>(failed), arena.ledger.summary().c_str());
  if (lost == 0) arena.findings.add("lost answers: no answer was lost");
}

void random_faults(Arena& arena, const Settings& settings) {
  // Until no call is under way that began when another device was the sound one.
  constexpr auto kOverlap = (kInstances - 1) * kTimeout + seconds(1);
  constexpr auto kTrouble = seconds(2);
  std::mt19937 random(settings.seed);
  Deck deck(random);
  std::uint64_t faults = 0;
  {
    Load load(arena, {settings.threads - 4, 4});
    const auto until = Clock::now() + settings.length;
    for (unsigned sound = 0, last = 0; Clock::now() < until;
         last = std::exchange(sound, other(sound, random))) {
      // The next sound device is healed first; the last one stays sound for as long as a call may take, and
      // is not started anew.
      arena.devices.clear_faults();
      for (unsigned i = 0; i < kInstances; ++i) {
        if (i != last) arena.devices.start_instance(i);
      }
      std::this_thread::sleep_for(kOverlap);
      const std::string victims =
          std::to_string((sound + 1) % kInstances) + "+" + std::to_string((sound + 2) % kInstances);
      for (const auto end = Clock::now() + kTrouble * 2; Clock::now() < end;) {
        for (int i = 0; i < 2; ++i, ++faults) arena.devices.add_fault(deck.draw(victims));
        if (random() % 4 == 0) arena.devices.stop_instance(other(sound, random));
        std::this_thread::sleep_for(milliseconds(200 + random() % 400));
        if (random() % 2 == 0) arena.devices.clear_faults();
      }
    }
    check_times(arena, load, "random faults");
    say("random faults: %llu faults, %llu calls, %llu writes (%llu failed), longest call %lld ms",
        static_cast<unsigned long long>(faults), static_cast<unsigned long long>(load.calls()),
        static_cast<unsigned long long>(load.writes()), static_cast<unsigned long long>(load.failed_writes()),
        static_cast<long long>(load.longest_call().count()));
    if (load.calls() < 100) arena.findings.add("random faults: hardly any call came through");
  }
  arena.devices.clear_faults();
  for (unsigned i = 0; i < kInstances; ++i) arena.devices.start_instance(i);
  arena.ledger.check(arena);
  say("random faults: %s", arena.ledger.summary().c_str());
}

void kill_and_restart(Arena& arena, const Settings& settings) {
  Load load(arena, {settings.threads});
  for (unsigned i = 0; i < kInstances; ++i) {
    arena.devices.stop_instance(i);
    std::this_thread::sleep_for(milliseconds(1500));
    arena.devices.start_instance(i);
    // Down for 1.5 s, so checked after 1 and 2 s and up to a fifth more: 3 s are enough, the rest is for a
    // busy machine.
    const auto took = time_until_used(arena, i, seconds(15));
    if (!took) arena.findings.add("kill and restart: instance " + std::to_string(i) + " is not used again");
    say("kill and restart: instance %u is used again after %lld ms", i,
        took ? static_cast<long long>(took->count()) : -1LL);
  }
  check_times(arena, load, "kill and restart");
  say("kill and restart: %llu calls, longest %lld ms", static_cast<unsigned long long>(load.calls()),
      static_cast<long long>(load.longest_call().count()));
}

void black_hole(Arena& arena, const Settings& settings) {
  {
    Load load(arena, {settings.threads});
    arena.devices.add_fault("stall-on-accept,instance=1");
    arena.devices.add_fault("stall,instance=1");
    arena.devices.stop_instance(2);
    std::this_thread::sleep_for(kTimeout + seconds(2));
    arena.devices.start_instance(2);
    const auto took = time_until_used(arena, 2, seconds(20));
    if (!took) arena.findings.add("black hole: the revival of another device is delayed");
    const auto slow = load.calls_longer_than_a_second();
    // Those that were at it when it fell silent, and no others.
    if (slow > settings.threads)
      arena.findings.add("black hole: " + std::to_string(slow) + " calls were slow");
    check_times(arena, load, "black hole");
    say("black hole: %llu calls, %llu slower than 1 s, longest %lld ms; another device used again after %lld "
        "ms",
        static_cast<unsigned long long>(load.calls()), static_cast<unsigned long long>(slow),
        static_cast<long long>(load.longest_call().count()),
        took ? static_cast<long long>(took->count()) : -1LL);
  }
  arena.devices.clear_faults();
  arena.devices.stop_instance(1);  // and what stalls there
  arena.devices.start_instance(1);
}

void one_dead(Arena& arena, const Settings& settings) {
  std::uint64_t requests = 0, calls = 0;
  arena.devices.stop_instance(0);
  const auto before = arena.requests();
  {
    Load load(arena, {settings.threads});
    std::this_thread::sleep_for(seconds(4));
    calls = load.calls();
  }
  requests = arena.requests() - before;
  arena.devices.start_instance(0);
  // The calls under way at the end are not counted as calls.
  const auto needed = calls + settings.threads;
  say("one dead: %llu calls, %llu requests", static_cast<unsigned long long>(needed),
      static_cast<unsigned long long>(requests));
  if (requests > needed + needed / 10) arena.findings.add("one dead: more requests than needed");
}

}  // namespace nethsm::test::chaos
