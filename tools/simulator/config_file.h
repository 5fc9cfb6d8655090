// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nethsm::simulator {

// A p11nethsm.conf with one slot for a simulated cluster and both demo users.
struct ConfigFile {
  struct Instance {
    std::string url;
    std::string fingerprint;
  };

  std::string slot_label;
  std::vector<Instance> instances;

  std::string yaml() const;
};

// Writes the text to a file that only its owner can read, in place of what is there. Throws
// std::runtime_error.
void write_private_file(const std::string& path, const std::string& text);

}  // namespace nethsm::simulator
