// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "arena.h"

// What happens to the devices, one after another, each act with its own load and its own demands. What is not
// as it has to be goes to the findings.
namespace nethsm::test::chaos {

struct Settings {
  seconds length{45};  // of random_faults
  std::uint32_t seed = 1;
  unsigned threads = 16;
  std::uint64_t writes = 1000;
};

// Key generations and deletions whose answers get lost: exactly the keys exist that the calls have said.
void lost_answers(Arena& arena, const Settings& settings);
// Every kind of fault in random order on up to two devices at a time.
void random_faults(Arena& arena, const Settings& settings);
// Each device is killed in turn and comes back: it gets its share again within the back-off.
void kill_and_restart(Arena& arena, const Settings& settings);
// One device takes connections and requests and says nothing: others are not slowed down, nor is the return
// of a third one.
void black_hole(Arena& arena, const Settings& settings);
// One device is dead: no more requests than are needed.
void one_dead(Arena& arena, const Settings& settings);

}  // namespace nethsm::test::chaos
