// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace nethsm::config {

// Of the running process; nullopt if unset. In a program with more rights than its user every variable is
// unset, since the user must not choose such a program's configuration.
std::optional<std::string> process_variable(const char* name);

// What the choice of files and passwords depends on.
struct Environment {
  std::function<std::optional<std::string>(const char*)> variable = process_variable;
  std::vector<std::string> system_files = {"/etc/nitrokey/p11nethsm.conf",
                                           "/usr/local/etc/nitrokey/p11nethsm.conf"};
};

struct Loaded {
  Config config;
  std::vector<std::string> notices;  // to be logged as warnings, once `config.logging` is in force
  std::vector<std::string> files;    // that the configuration was read from, in the order of the search
};

struct Refusal {
  std::vector<std::string> problems;  // all that were found, each with place and remedy; none: out of memory
  bool out_of_reach = false;          // no file could be opened, as after giving up root
};

// Reads P11NETHSM_CONFIG_FILE if that is set, else every file that exists of the system's and
// $HOME/.config/nitrokey/p11nethsm.conf. Of several files the first that sets a key counts, and the slots of
// all are put in a row. Throws nothing, whatever the files hold; no text repeats a password.
Result<Loaded, Refusal> load(const Environment& environment = {});

}  // namespace nethsm::config
