// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nethsm::bench {

struct Options {
  std::vector<std::string> modules;  // paths; the first one is compared with the others and with the limit
  unsigned long slot = 0;
  std::optional<std::string> pin;
  std::vector<unsigned> threads = {1, 4, 16};
  double seconds = 5;   // per operation, number of threads and contestant
  unsigned rounds = 5;  // that the seconds are divided into; contestants take turns
  std::vector<std::string> operations = {"sign-p256"};
  unsigned keys = 0;    // more keys to be on the token meanwhile
  bool limit = false;   // measure the barest client as well
  std::string control;  // http://host:port of the simulators' control port, for counting requests
  std::string json;     // files to write; empty: none
  std::string html;
  std::string prefix;  // of the ids of the keys; empty: this process's own
  bool keep_keys = false;
  bool start_up = true;  // measure the way to the first signature
};

// Throws std::invalid_argument with a text for the user.
Options parse_options(const std::vector<std::string>& arguments);

std::string usage();

}  // namespace nethsm::bench
