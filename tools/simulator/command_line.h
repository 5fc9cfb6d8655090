// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/simulator.h"

namespace nethsm::simulator {

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CommandLine {
  Options options;
  std::string write_config;  // empty: none
  std::optional<std::uint16_t> control_port;
  bool quiet = false;
  bool help = false;
  bool version = false;
};

// Options as "--name value" or "--name=value". Throws UsageError.
CommandLine parse_command_line(const std::vector<std::string_view>& arguments);

std::string usage();

}  // namespace nethsm::simulator
