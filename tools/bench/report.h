// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/contest.h"

namespace nethsm::bench {

// Figures that are not about a rate.
struct StartUp {
  std::string module;
  double initialize_ms = 0;       // C_Initialize
  double first_signature_ms = 0;  // from dlopen to the first signature, by a known CKA_ID
  double requests = 0;            // for it; negative: not counted
  double idle_mib = 0;            // resident memory that the initialised module adds to a process
};

struct Report {
  std::string machine;  // processor, number of cores, system
  std::string command;
  std::vector<StartUp> start_ups;
  std::vector<Result> results;
};

std::string describe_machine();

std::string as_table(Report& report);
std::string as_json(Report& report);
std::string as_html(Report& report);  // one file, nothing loaded from elsewhere

}  // namespace nethsm::bench
