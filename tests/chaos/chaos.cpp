// SPDX-License-Identifier: Apache-2.0
// chaos_test: 16 threads use the module while its three devices fail in every way that the simulator knows.
// As long as one of them works no call may fail, no result may be wrong, no key may be made twice or get
// lost.
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>

#include "acts.h"

namespace {

using namespace nethsm::test::chaos;

constexpr const char* kUsage =
    "Usage: chaos_test [--seconds N] [--seed N] [--threads N] [--writes N]\n"
    "  --seconds N   length of the part with random faults (45); the rest takes about as long again\n"
    "  --seed N      another order of faults (1)\n"
    "  --threads N   that use the module at once (16)\n"
    "  --writes N    key generations and deletions under lost answers (1000)\n";

bool parse(int argc, char** argv, Settings& settings) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    unsigned number = 0;
    if (i + 1 == argc) return false;
    const std::string_view text = argv[i + 1];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return false;
    if (name == "--seconds") {
      settings.length = seconds(number);
    } else if (name == "--seed") {
      settings.seed = number;
    } else if (name == "--threads" && number >= 5) {
      settings.threads = number;
    } else if (name == "--writes") {
      settings.writes = number;
    } else {
      return false;
    }
  }
  return true;
}

int run(const Settings& settings) {
  Arena arena;
  lost_answers(arena, settings);
  one_dead(arena, settings);
  kill_and_restart(arena, settings);
  black_hole(arena, settings);
  random_faults(arena, settings);
  arena.findings.print();
  std::printf("%s\n", arena.findings.count() == 0 ? "all is well" : "NOT all is well");
  return arena.findings.count() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (!parse(argc, argv, settings)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  try {
    return run(settings);
  } catch (const std::exception& error) {
    std::printf("WRONG: %s\n", error.what());
    return 1;
  }
}
