// SPDX-License-Identifier: Apache-2.0
#include "simulator/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "simulator/json_record.h"
#include "simulator/provisioning.h"

namespace nethsm::simulator {
namespace {

void append_user(std::string& text, std::string_view role, const DemoUser& user) {
  text.append("    ").append(role).append(":\n");
  text.append("      username: ").append(json_string(user.id)).append("\n");
  text.append("      password: ").append(json_string(user.passphrase)).append("\n");
}

}  // namespace

std::string ConfigFile::yaml() const {
  // A JSON string is a YAML string, too.
  std::string text = "# For tests: a slot on a NetHSM simulator, with well-known users.\nslots:\n";
  text.append("  - label: ").append(json_string(slot_label)).append("\n");
  append_user(text, "operator", kDemoOperator);
  append_user(text, "administrator", kDemoAdministrator);
  text += "    instances:\n";
  for (const Instance& instance : instances) {
    text.append("      - url: ").append(json_string(instance.url)).append("\n");
    text.append("        sha256_fingerprints:\n          - ")
        .append(json_string(instance.fingerprint))
        .append("\n");
  }
  return text;
}

void write_private_file(const std::string& path, const std::string& text) {
  const auto fail = [&] { throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno)); };
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) fail();
  // An existing file keeps its mode otherwise.
  const bool written = ::fchmod(file, S_IRUSR | S_IWUSR) == 0 &&
                       ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !written) fail();
}

}  // namespace nethsm::simulator
