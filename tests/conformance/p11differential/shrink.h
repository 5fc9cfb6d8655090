// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runner.h"

namespace nethsm::differential {

// Prints the few last calls that still show the difference which the last step of the history has shown.
void print_shortest(Runner& runner, const std::vector<Step>& history);

}  // namespace nethsm::differential
