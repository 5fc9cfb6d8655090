// SPDX-License-Identifier: Apache-2.0
#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;

namespace {
std::string notices(const std::string& text, int mode = 0600) {
  ConfigFiles files;
  return joined(loaded(files.load_text(text, mode)).notices);
}
}  // namespace

TEST_CASE("An unknown key is mentioned with its place and the nearest known one") {
  CHECK(contains(notices(one_slot("", "        sha256_fingerprint: []\n")),
                 "one.conf:6:9: unknown key \"sha256_fingerprint\" in an instance is ignored; did you mean "
                 "sha256_fingerprints?"));
  CHECK(contains(notices("logfile: x\n" + one_slot()), "did you mean log_file?"));
}

TEST_CASE("A key in the wrong mapping is mentioned with the right one") {
  CHECK(contains(notices(one_slot("", "        timeout_seconds: 3\n")), "it is a key of a slot"));
}

TEST_CASE("An unknown key that resembles none is mentioned with all that there are") {
  CHECK(contains(notices(one_slot("    retries: {count: 1, delay_seconds: 1, colour: red}\n")),
                 "the keys here are count, delay_seconds"));
}

TEST_CASE("A password that others can read is mentioned") {
  CHECK(contains(notices(one_slot(), 0640), "has a password in it"));
  CHECK(contains(notices(one_slot(), 0604), "has a password in it"));
  CHECK(notices(one_slot(), 0600).empty());
  const std::string none =
      "slots: [{label: x, operator: {username: o}, instances: [{url: 'https://h/api/v1'}]}]";
  CHECK(notices(none, 0644).empty());
  CHECK(contains(notices(none, 0646), "anybody can change this file"));
}

TEST_CASE("Slots of the same label are mentioned") {
  const std::string slot = "{label: x, operator: {username: o}, instances: [{url: 'https://h/api/v1'}]}";
  CHECK(contains(notices("slots: [" + slot + ", " + slot + "]"), "more than one slot has the label \"x\""));
}

TEST_CASE("A label that is too long for an application is mentioned") {
  const std::string slot = "operator: {username: o}, instances: [{url: 'https://h/api/v1'}]}]";
  CHECK(notices("slots: [{label: " + std::string(32, 'x') + ", " + slot).empty());
  CHECK(contains(notices("slots: [{label: " + std::string(33, 'x') + ", " + slot), "first 32 bytes"));
}

TEST_CASE("Of several syslog servers the socket is used, else TCP, with a notice") {
  ConfigFiles files;
  const std::string udp = "syslog_udp: {to_addr: '1.2.3.4:5', from_addr: '0.0.0.0:0'}\n";
  const std::string tcp = "syslog_tcp: 1.2.3.4:5\n";
  const Loaded all = loaded(files.load_text(udp + tcp + "syslog_socket: /s\n" + one_slot()));
  CHECK(all.config.logging.syslog_socket.has_value());
  CHECK_FALSE(all.config.logging.syslog_tcp.has_value());
  CHECK_FALSE(all.config.logging.syslog_udp.has_value());
  CHECK(contains(joined(all.notices), "only one of syslog_socket, syslog_tcp and syslog_udp"));
  const Loaded two = loaded(files.load_text(udp + tcp + one_slot()));
  CHECK(two.config.logging.syslog_tcp.has_value());
  CHECK_FALSE(two.config.logging.syslog_udp.has_value());
}

TEST_CASE("An unknown facility of syslog becomes user, with a notice") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text("syslog_facility: local9\n" + one_slot()));
  CHECK(result.config.logging.syslog_facility == "user");
  CHECK(contains(joined(result.notices), "one.conf:1:18: syslog_facility: \"local9\" is no facility"));
}

TEST_CASE("Weak protection of a connection is mentioned") {
  CHECK(contains(notices(one_slot("", "        danger_insecure_cert: true\n")),
                 "can pretend to be the NetHSM"));
  const std::string plain =
      "slots: [{label: x, operator: {username: o}, instances: [{url: 'http://h/api/v1'}]}]";
  CHECK(contains(notices(plain), "in the clear"));
}

TEST_CASE("A URL without the path of the API is mentioned") {
  const std::string slot = "slots: [{label: x, operator: {username: o}, instances: [{url: 'https://h'}]}]";
  CHECK(contains(notices(slot), "url: the API of a NetHSM has the path /api/v1"));
}

TEST_CASE("An empty environment variable is no password, and is mentioned") {
  ConfigFiles files;
  files.variables["EMPTY"] = "";
  const Loaded result =
      loaded(files.load_text(one_slot("    administrator: {username: a, password: 'env:EMPTY'}\n")));
  CHECK_FALSE(result.config.slots[0].administrator_user->password.has_value());
  CHECK(contains(joined(result.notices), "\"EMPTY\" is empty"));
}
