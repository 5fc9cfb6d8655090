// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;

namespace {
std::string slot_named(const std::string& label) {
  return "slots:\n  - {label: " + label +
         ", operator: {username: o}, instances: [{url: 'https://h/api/v1'}]}\n";
}
constexpr const char* kHomeFile = "home/.config/nitrokey/p11nethsm.conf";
}  // namespace

TEST_CASE("The slots of all files are put in a row, and the first file that sets a key counts") {
  ConfigFiles files;
  files.write("first.conf", "log_level: Info\n" + slot_named("a"));
  files.write("second.conf", "log_level: Trace\nlog_file: /tmp/x\ndisable_threads: true\n" + slot_named("b"));
  files.write(kHomeFile, "log_file: /tmp/y\nsyslog_process: z\ndisable_threads: false\n" + slot_named("c"));
  const Loaded result = loaded(files.load_files());
  CHECK(result.config.logging.level == log::Level::kInfo);
  CHECK(result.config.logging.file == "/tmp/x");
  CHECK(result.config.logging.syslog_process == "z");
  CHECK(result.config.disable_threads);
  REQUIRE(result.config.slots.size() == 3);
  CHECK(result.config.slots[0].label == "a");
  CHECK(result.config.slots[1].label == "b");
  CHECK(result.config.slots[2].label == "c");
  CHECK(result.files ==
        std::vector{files.path("first.conf"), files.path("second.conf"), files.path(kHomeFile)});
}

TEST_CASE("Without HOME there is no file of the user") {
  ConfigFiles files;
  files.write(kHomeFile, slot_named("c"));
  CHECK(loaded(files.load_files()).config.slots.size() == 1);
  files.variables.erase("HOME");
  CHECK(problems(files.load_files()).size() == 1);
}

TEST_CASE("P11NETHSM_CONFIG_FILE names the only file") {
  ConfigFiles files;
  files.write("first.conf", slot_named("a"));
  files.variables["P11NETHSM_CONFIG_FILE"] = files.write("other.conf", slot_named("x"));
  const Loaded result = loaded(files.load_files());
  REQUIRE(result.config.slots.size() == 1);
  CHECK(result.config.slots[0].label == "x");
}

TEST_CASE("P11NETHSM_CONFIG_FILE is refused if it names no file, whatever else there is") {
  ConfigFiles files;
  files.write("first.conf", slot_named("a"));
  const std::string name = GENERATE("", "/nonexistent/p11nethsm.conf");
  files.variables["P11NETHSM_CONFIG_FILE"] = name;
  const auto result = files.load_files();
  const std::string text = joined(problems(result));
  CHECK(contains(text, name + ": the configuration file cannot be read: No such file or directory"));
  CHECK(contains(text, "P11NETHSM_CONFIG_FILE"));
  CHECK(result.error().out_of_reach);
}

TEST_CASE("A folder in place of a file is refused") {
  ConfigFiles files;
  files.variables["P11NETHSM_CONFIG_FILE"] = files.path("home");
  const auto result = files.load_files();
  CHECK(contains(joined(problems(result)), "home: the configuration file cannot be read: Is a directory"));
  CHECK_FALSE(result.error().out_of_reach);
}

TEST_CASE("Without any file the paths that were tried are named") {
  ConfigFiles files;
  const auto result = files.load_files();
  const std::string text = joined(problems(result));
  CHECK(contains(text, files.path("first.conf")));
  CHECK(contains(text, files.path("second.conf")));
  CHECK(contains(text, files.path(kHomeFile)));
  CHECK(contains(text, "P11NETHSM_CONFIG_FILE"));
  CHECK(result.error().out_of_reach);
}

TEST_CASE("A file that exists but cannot be opened is left out with a notice") {
  ConfigFiles files;
  REQUIRE(symlink("first.conf", files.path("first.conf").c_str()) == 0);  // a loop, which stops root as well
  CHECK(files.load_files().error().out_of_reach);
  files.write("second.conf", slot_named("b"));
  const Loaded result = loaded(files.load_files());
  CHECK(
      contains(joined(result.notices), "first.conf: the configuration file cannot be read: Too many levels"));
  CHECK(result.config.slots.size() == 1);
}

TEST_CASE("Problems of all files are reported, in the order of the search") {
  ConfigFiles files;
  files.write("first.conf", "log_level: Loud\n" + slot_named("a"));
  files.write("second.conf", "log_level: Quiet\n");
  const auto found = problems(files.load_files());
  REQUIRE(found.size() == 3);
  CHECK(contains(found[0], "first.conf:1:12: log_level: "));
  CHECK(contains(found[1], "second.conf:1:12: log_level: "));
  CHECK(contains(found[2], "second.conf:1:1: the configuration needs the key slots"));
}

TEST_CASE("A file larger than a megabyte is refused") {
  ConfigFiles files;
  CHECK(contains(joined(problems(files.load_text(std::string(2U << 20, '#')))), "larger than 1 MiB"));
}

TEST_CASE("P11NETHSM_LOG_LEVEL overrides the level if it is one of the words") {
  ConfigFiles files;
  const auto [word, level] = GENERATE(table<std::string, log::Level>({{"error", log::Level::kError},
                                                                      {"warn", log::Level::kWarn},
                                                                      {"info", log::Level::kInfo},
                                                                      {"debug", log::Level::kDebug},
                                                                      {"trace", log::Level::kTrace}}));
  files.variables["P11NETHSM_LOG_LEVEL"] = word;
  const Loaded result = loaded(files.load_text("log_level: Error\n" + one_slot()));
  CHECK(result.config.logging.level == level);
  CHECK(result.notices.empty());
}

TEST_CASE("Another word in P11NETHSM_LOG_LEVEL changes nothing but is mentioned") {
  ConfigFiles files;
  files.variables["P11NETHSM_LOG_LEVEL"] = GENERATE("Trace", "nethsm=trace", "");
  const Loaded result = loaded(files.load_text("log_level: Error\n" + one_slot()));
  CHECK(result.config.logging.level == log::Level::kError);
  CHECK(contains(joined(result.notices), "P11NETHSM_LOG_LEVEL: expected error, warn, info, debug or trace"));
}
