// SPDX-License-Identifier: Apache-2.0
#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;

namespace {

// In one line of the file that one_slot() makes, something is wrong; the problem has this place and these
// words.
struct Case {
  std::string text;
  std::string place;
  std::string words;
};

void check(const Case& one) {
  ConfigFiles files;
  CAPTURE(one.text);
  const std::string all = joined(problems(files.load_text(one.text)));
  CAPTURE(all);
  CHECK(contains(all, "one.conf" + (one.place.empty() ? "" : ":" + one.place) + ": "));
  CHECK(contains(all, one.words));
}

}  // namespace

TEST_CASE("Values of the wrong type or range are refused with place, key and remedy") {
  check(GENERATE(
      Case{"log_level: Loud\n" + one_slot(), "1:12",
           "log_level: expected Trace, Debug, Info, Warn or Error; found \"Loud\""},
      Case{"log_level: [Info]\n" + one_slot(), "1:12", "log_level: expected"},
      Case{"disable_threads: yes\n" + one_slot(), "1:18", "disable_threads: expected true or false"},
      Case{"disable_thread_pool: 'true'\n" + one_slot(), "1:22", "without quotes"},
      Case{"syslog_tcp: log.example.org:601\n" + one_slot(), "1:13",
           "syslog_tcp: expected an IP address and port"},
      Case{"syslog_udp: {to_addr: 1.2.3.4:1}\n" + one_slot(), "1:13", "syslog_udp needs the key from_addr"},
      Case{"syslog_udp: 127.0.0.1:514\n" + one_slot(), "1:13", "syslog_udp must be a mapping"},
      Case{"syslog_pid: -1\n" + one_slot(), "1:13", "syslog_pid: expected a whole number"},
      Case{"syslog_pid: 4294967296\n" + one_slot(), "1:13", "out of range"},
      Case{one_slot("    timeout_seconds: 010\n"), "4:22",
           "timeout_seconds: expected a whole number of seconds, at least 1; found \"010\""},
      Case{one_slot("    timeout_seconds: 0\n"), "4:22", "out of range"},
      Case{one_slot("    timeout_seconds: 1.5\n"), "4:22", "timeout_seconds"},
      Case{one_slot("    timeout_seconds: '5'\n"), "4:22", "without quotes"},
      Case{one_slot("    timeout_seconds: 18446744073709551616\n"), "4:22", "timeout_seconds"},
      Case{one_slot("    connect_timeout_seconds: soon\n"), "4:30", "connect_timeout_seconds"},
      Case{one_slot("    cache_seconds: {}\n"), "4:20", "cache_seconds"},
      Case{one_slot("    connections_max_idle_duration: -1\n"), "4:36", "connections_max_idle_duration"},
      Case{one_slot("    certificate_format: P12\n"), "4:25",
           "certificate_format: expected PEM or DER; found \"P12\""},
      Case{one_slot("    retries: {count: 1}\n"), "4:14", "retries needs the key delay_seconds"},
      Case{one_slot("    retries: {count: 4294967296, delay_seconds: 1}\n"), "4:22", "count: expected"},
      Case{one_slot("    retries: 3\n"), "4:14", "retries must be a mapping"},
      Case{one_slot("    tcp_keepalive: {time_seconds: 5, interval_seconds: 5}\n"), "4:20",
           "tcp_keepalive needs the key retries"},
      Case{one_slot("    tcp_keepalive: {time_seconds: 0, interval_seconds: 5, retries: 128}\n"), "4:35",
           "retries: expected a whole number from 1 to 127"},
      Case{one_slot("    hide_key_types: RSA\n"), "4:21",
           "hide_key_types: expected a list of RSA, Curve25519"},
      Case{one_slot("    hide_key_types: [RSA, rsa]\n"), "4:27", "found \"rsa\""},
      Case{one_slot("", "        max_idle_connections: many\n"), "6:31", "max_idle_connections"},
      Case{one_slot("", "        danger_insecure_cert: 1\n"), "6:31",
           "danger_insecure_cert: expected true or false"},
      Case{one_slot("", "        ca_file: /nonexistent/ca.pem\n"), "6:18", "ca_file: expected the path"},
      Case{one_slot("", "        sha256_fingerprints: 00\n"), "6:30", "sha256_fingerprints: expected a list"},
      Case{one_slot("", "        sha256_fingerprints: ['00:11']\n"), "6:31", "64 hexadecimal digits"},
      Case{one_slot("", "        sha256_fingerprints: ['" + std::string(64, 'g') + "']\n"), "6:31",
           "64 hexadecimal digits"}));
}

TEST_CASE("What is missing is refused") {
  const std::string user = "operator: {username: o}";
  const std::string instances = "instances: [{url: 'https://h/api/v1'}]";
  check(GENERATE_COPY(
      Case{"# nothing\n", "", "the configuration must be a mapping"},
      Case{"log_level: Info\n", "1:1", "needs the key slots"}, Case{"slots:\n", "2:1", "needs the key slots"},
      Case{"slots: 5\n", "1:8", "slots: expected a list of slots"},
      Case{"slots: [5]\n", "1:9", "a slot must be a mapping"},
      Case{"slots: [{" + user + ", " + instances + "}]\n", "1:9", "a slot needs the key label"},
      Case{"slots: [{label: x, " + user + "}]\n", "1:9", "a slot needs the key instances"},
      Case{"slots: [{label: x, " + user + ", instances: []}]\n", "1:56", "the list is empty"},
      Case{"slots: [{label: x, " + user + ", instances: [{}]}]\n", "1:57", "an instance needs the key url"},
      Case{"slots: [{label: x, " + instances + "}]\n", "1:9", "the slot \"x\" has no user"},
      Case{"slots: [{label: x, operator: {password: p}, " + instances + "}]\n", "1:30",
           "needs the key username"},
      Case{"slots: [{label: x, operator: {username: ''}, " + instances + "}]\n", "1:41",
           "username: expected"}));
}

TEST_CASE("Contradicting ways to trust an instance are refused") {
  ConfigFiles files;
  const std::string pins = "        sha256_fingerprints: ['" + std::string(64, '0') + "']\n";
  const std::string insecure = "        danger_insecure_cert: true\n";
  const std::string ca = "        ca_file: " + files.write("ca.pem", "") + "\n";
  CHECK(loaded(files.load_text(one_slot("", pins))).config.slots[0].instances[0].sha256_fingerprints.size() ==
        1);
  CHECK(loaded(files.load_text(one_slot("", ca))).config.slots[0].instances[0].ca_file ==
        files.path("ca.pem"));
  CHECK(
      loaded(files.load_text(one_slot("", pins + "        danger_insecure_cert: false\n"))).notices.empty());
  const std::string both = GENERATE_COPY(pins + insecure, pins + ca, ca + insecure);
  CHECK(contains(joined(problems(files.load_text(one_slot("", both)))), "contradict each other"));
}

TEST_CASE("A URL that cannot work is refused") {
  const auto* url =
      GENERATE("192.0.2.1", "nethsm.example.org/api/v1", "ftp://h/api/v1", "https://", "https:///api/v1",
               "https://:443/api/v1", "https://h:0/api/v1", "https://h:65536/api/v1", "https://h:/api/v1",
               "https://h:x/api/v1", "https://[::1/api/v1", "https://[::1]x/api/v1", "https://::1/api/v1",
               "https://u:secret@h/api/v1", "https://h/api/v1?x", "https://h/api/v1#x", "https://h/a b",
               "https://a b/api/v1");
  CAPTURE(url);
  ConfigFiles files;
  const std::string text =
      std::string("slots: [{label: x, operator: {username: o}, instances: [{url: '") + url + "'}]}]";
  const std::string all = joined(problems(files.load_text(text)));
  CHECK(contains(all, "one.conf:1:63: url: expected the address of the NetHSM's API such as https://"));
  CHECK_FALSE(contains(all, "secret"));
}

TEST_CASE("All problems of a file are reported") {
  ConfigFiles files;
  const auto found = problems(
      files.load_text("log_level: x\ndisable_threads: x\nslots: [{label: a, instances: []}, {label: []}]\n"));
  CHECK(found.size() == 7);
}

TEST_CASE("An unset environment variable is refused by its name") {
  ConfigFiles files;
  const std::string all = joined(
      problems(files.load_text(one_slot("    administrator: {username: a, password: 'env:NETHSM_PW'}\n"))));
  CHECK(contains(all, "one.conf:4:44: password: "));
  CHECK(contains(all, "the environment variable \"NETHSM_PW\" is not set"));
}

TEST_CASE("The prefix env: is taken off once only") {
  ConfigFiles files;
  files.variables["X"] = "wrong";
  files.variables["env:X"] = "right";
  const Loaded result =
      loaded(files.load_text(one_slot("    administrator: {username: a, password: 'env:env:X'}\n")));
  CHECK(password(result.config.slots[0].administrator_user) == "right");
}

TEST_CASE("No text repeats a password, however wrong the lines around it are") {
  ConfigFiles files;
  files.variables["SET"] = "s3cret";
  const auto* user = GENERATE(
      "{username: [], password: s3cret}", "{username: u, password: [s3cret]}",
      "{username: u, password: {s3cret: 1}}", "{username: u, s3cret}", "{username: u, s3cret: password}",
      "{username: u, pasword: s3cret}", "{username: u, password: s3cret, password: s3cret}",
      "{username: u, password: !s s3cret}", "{username: u, password: &s s3cret, password2: *s}",
      "{username: u, password: 's3cret}", "{username: u, password: \"s3cret\\q\"}", "s3cret", "[s3cret]",
      "{s3cret: {s3cret: s3cret}}", "{username: '', password: 'env:SET'}", "{password: s3cret}}");
  CAPTURE(user);
  const auto result = files.load_text(one_slot(std::string("    administrator: ") + user + "\n"), 0644);
  const std::string all = result ? joined(result->notices) : joined(problems(result));
  CHECK_FALSE(all.empty());
  CHECK_FALSE(contains(all, "s3cret"));
}
