// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/contest.h"
#include "bench/options.h"
#include "bench/report.h"

namespace nethsm::bench {

// Measures how a fresh process gets to its first signature, in a process of its own: medians of several.
StartUp measure_start_up(const Options& options, const std::string& module, const std::string& key_id,
                         const RequestCounter& counter);

// That process: prints three numbers. `arguments` are what measure_start_up has put on its command line.
int start_up_child(const std::vector<std::string>& arguments);

}  // namespace nethsm::bench
