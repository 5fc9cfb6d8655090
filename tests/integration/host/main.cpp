// SPDX-License-Identifier: Apache-2.0
// An application of the module for what a process can do only once, as exit and fork. Usage: integration_host
// SCENARIO KEY-ID. Prints nothing, so that whatever is printed comes from the module; the exit status is 0,
// or the number of the expectation that failed.
#include <unistd.h>

#include <cstring>

#include "host/application.h"
#include "host/scenarios.h"

namespace {

using namespace nethsm::test::host;

struct Scenario {
  const char* name;
  void (*run)();
};
constexpr Scenario kScenarios[] = {
    {"exit", exit_and_clean_up_late},
    {"exit-threads", exit_while_threads_sign},
    {"exit-openssl", exit_before_openssl},
    {"fork", fork_and_start_again},
    {"fork-finalize", fork_and_finalize_first},
    {"fork-nothing", fork_and_do_nothing},
    {"fork-twice", fork_twice},
    {"fork-no-file", fork_without_the_file},
    {"fork-threads", fork_while_threads_sign},
    {"fork-checks", fork_while_an_instance_is_checked},
    {"initialize-threads", initialize_in_many_threads},
    {"load", load_and_unload},
    {"programs", start_other_programs},
    {"signals", be_interrupted_by_signals},
    {"descriptors", have_many_descriptors_open},
};

}  // namespace

// For a leak sanitizer, if there is one: gcc 12's crashes when it looks for leaks beside running threads.
extern "C" __attribute__((visibility("default"))) int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return threads_remain_at_exit ? 1 : 0; }

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  the_key_id = argv[2];
  for (const Scenario& scenario : kScenarios) {
    if (std::strcmp(scenario.name, argv[1]) != 0) continue;
    // Nobody waits for a process that hangs. "signals" has the clock of alarm() for itself.
    if (scenario.run != be_interrupted_by_signals) alarm(60);
    // Never unloaded, but where that is the scenario: applications exit with it.
    if (scenario.run != load_and_unload) the_module = new nethsm::test::Module;
    scenario.run();
    return 0;
  }
  return 3;
}
