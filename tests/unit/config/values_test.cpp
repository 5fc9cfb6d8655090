// SPDX-License-Identifier: Apache-2.0
#include "config/scalar.h"
#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;
using std::chrono::seconds;

TEST_CASE("Scalars are strings exactly as written") {
  ConfigFiles files;
  const auto [written, meant] = GENERATE(table<std::string, std::string>({{"0123", "0123"},
                                                                          {"1_000", "1_000"},
                                                                          {"0x10", "0x10"},
                                                                          {"1.50", "1.50"},
                                                                          {"yes", "yes"},
                                                                          {"true", "true"},
                                                                          {"'null'", "null"},
                                                                          {"\"a\\tb\"", "a\tb"},
                                                                          {"'it''s'", "it's"},
                                                                          {"p:q#r", "p:q#r"},
                                                                          {"\"\\u00fc\"", "\xc3\xbc"}}));
  CAPTURE(written);
  const std::string user =
      "    administrator:\n      username: " + written + "\n      password: " + written + "\n";
  const Slot slot = loaded(files.load_text(one_slot(user))).config.slots.at(0);
  CHECK(slot.administrator_user->username == meant);
  CHECK(password(slot.administrator_user) == meant);
}

TEST_CASE("An empty password counts as absent") {
  ConfigFiles files;
  const std::string written = GENERATE("", "~", "null", "''", "\"\"");
  const std::string user = "    administrator:\n      username: a\n      password: " + written + "\n";
  CHECK_FALSE(
      loaded(files.load_text(one_slot(user))).config.slots[0].administrator_user->password.has_value());
}

TEST_CASE("A key without a value counts as absent") {
  ConfigFiles files;
  const Loaded result =
      loaded(files.load_text("log_level:\nlog_file: ~\nsyslog_udp:\n" +
                             one_slot("    retries:\n    timeout_seconds: null\n    administrator:\n")));
  CHECK(result.config.logging.level == log::Level::kWarn);
  CHECK_FALSE(result.config.logging.file.has_value());
  CHECK_FALSE(result.config.slots[0].retries.has_value());
  CHECK_FALSE(result.config.slots[0].administrator_user.has_value());
}

TEST_CASE("Words of the vendor are taken in any case") {
  ConfigFiles files;
  CHECK(loaded(files.load_text("log_level: tRaCe\n" + one_slot())).config.logging.level ==
        log::Level::kTrace);
  CHECK(
      loaded(files.load_text(one_slot("    certificate_format: der\n"))).config.slots[0].certificate_format ==
      CertificateFormat::kDer);
}

TEST_CASE("Keys of our own are read") {
  ConfigFiles files;
  const Slot slot = loaded(files.load_text(one_slot("    connect_timeout_seconds: 5\n    cache_seconds: 0\n"
                                                    "    hide_key_types: [Generic, Curve25519]\n"
                                                    "    enable_bip340: true\n")))
                        .config.slots.at(0);
  CHECK(slot.connect_timeout == seconds(5));
  CHECK(slot.cache_lifetime == seconds(0));
  CHECK(slot.hide_key_types == KeyTypeNames{"Generic", "Curve25519"});
  CHECK(slot.enable_bip340);
  CHECK_FALSE(loaded(files.load_text(one_slot())).config.slots.at(0).enable_bip340);
}

TEST_CASE("Times beyond all bounds are kept within what a clock can add") {
  ConfigFiles files;
  const Slot slot =
      loaded(files.load_text(one_slot("    timeout_seconds: 18446744073709551615\n"
                                      "    connections_max_idle_duration: 9223372036854775807\n")))
          .config.slots.at(0);
  CHECK(*slot.timeout > std::chrono::hours(24 * 365));
  CHECK(*slot.timeout < std::chrono::hours(24 * 365 * 50));
  CHECK(*slot.connections_max_idle_duration == *slot.timeout);
}

TEST_CASE("Zero idle connections become one, with a notice") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(one_slot("", "        max_idle_connections: 0\n")));
  CHECK(result.config.slots[0].instances[0].max_idle_connections == 1);
  CHECK(result.notices.size() == 1);
}

TEST_CASE("Fingerprints are read with and without colons in either case") {
  const std::string pairs = "00:11:22:33:44:55:66:77:88:99:aa:BB:cc:DD:ee:FF:";
  const auto with = parse_fingerprint(pairs + pairs.substr(0, pairs.size() - 1));
  REQUIRE(with.has_value());
  CHECK((*with)[15] == 0xff);
  std::string without = pairs + pairs;
  std::erase(without, ':');
  CHECK(parse_fingerprint(without) == with);
  CHECK_FALSE(parse_fingerprint("").has_value());
  CHECK_FALSE(parse_fingerprint(without + "00").has_value());
  CHECK_FALSE(parse_fingerprint(without.substr(1)).has_value());
}

TEST_CASE("The distance of words counts insertions, deletions and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("operater", "operator") == 1);
  CHECK(edit_distance("label", "") == 5);
  CHECK(edit_distance("kitten", "sitting") == 3);
}
