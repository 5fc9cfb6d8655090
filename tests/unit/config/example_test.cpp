// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "config/keys.h"
#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;

namespace {

constexpr const char* kExample = NETHSM_SOURCE_DIR "/config/p11nethsm.conf.example";

std::string example() {
  std::ostringstream text;
  text << std::ifstream(kExample).rdbuf();
  return text.str();
}

// With every key that is commented out ("#key: value") in force, as far as keys do not exclude each other.
std::string all_in_force(const std::string& ca_file) {
  std::istringstream lines(example());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t hash = line.find_first_not_of(' ');
    const bool is_key =
        hash != std::string::npos && line[hash] == '#' && hash + 1 < line.size() &&
        (std::isalpha(static_cast<unsigned char>(line[hash + 1])) != 0 || line.substr(0, 3) == "#  ") &&
        line.find(':') != std::string::npos;
    if (is_key && line.find("/etc/") != std::string::npos && line.find("ca_file") == std::string::npos)
      continue;
    if (is_key) line.erase(hash, 1);
    if (const std::size_t at = line.find("ca_file: "); is_key && at != std::string::npos)
      line = line.substr(0, at + 9) + ca_file;
    text += line + '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("The example configuration loads as it stands, without notices") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(example(), 0644));
  CHECK(joined(result.notices).empty());
  REQUIRE(result.config.slots.size() == 1);
  CHECK(result.config.slots[0].instances.size() == 2);
}

TEST_CASE("The example configuration explains every key") {
  const std::string text = example();
  for (const KnownKey& key : known_keys()) {
    const std::string name(key.name);
    CAPTURE(name);
    CHECK((contains(text, " " + name + ":") || contains(text, "#" + name + ":") ||
           contains(text, "\n" + name + ":")));
  }
}

TEST_CASE("The keys that the example shows in comments load too") {
  ConfigFiles files;
  files.variables["NETHSM_OPERATOR_PASSWORD"] = "one";
  files.variables["NETHSM_ADMINISTRATOR_PASSWORD"] = "two";
  const Loaded result = loaded(files.load_text(all_in_force(files.write("ca.pem", ""))));
  CHECK(result.notices.size() == 2);  // the old key, and more than one syslog
  const Slot& slot = result.config.slots.at(0);
  CHECK(password(slot.operator_user) == "one");
  CHECK(password(slot.administrator_user) == "two");
  CHECK(slot.hide_key_types.size() == 2);
  CHECK(slot.enable_bip340);
  CHECK(slot.cache_lifetime.has_value());
  CHECK(slot.connect_timeout.has_value());
  CHECK(slot.instances.at(1).ca_file.has_value());
  CHECK(result.config.logging.syslog_socket.has_value());
  CHECK(result.config.logging.syslog_pid.has_value());
}
