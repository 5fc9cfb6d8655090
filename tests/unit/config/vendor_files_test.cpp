// SPDX-License-Identifier: Apache-2.0
#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;
using std::chrono::seconds;

// Files as they are in use with the vendor's module: each has to load, and to mean the same.

TEST_CASE("A file with one slot and both users loads") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(R"(
log_level: Debug
log_file: /tmp/p11nethsm.log
slots:
  - label: LocalHSM
    description: Local HSM (docker)
    operator:
      username: "operator"
      password: "localpass"
    administrator:
      username: "admin"
    instances:
      - url: "https://localhost:8443/api/v1"
        danger_insecure_cert: true
)"));
  CHECK(result.config.logging.level == log::Level::kDebug);
  CHECK(result.config.logging.file == "/tmp/p11nethsm.log");
  REQUIRE(result.config.slots.size() == 1);
  const Slot& slot = result.config.slots.front();
  CHECK(slot.label == "LocalHSM");
  CHECK(slot.description == "Local HSM (docker)");
  CHECK(slot.operator_user->username == "operator");
  CHECK(password(slot.operator_user) == "localpass");
  CHECK(slot.administrator_user->username == "admin");
  CHECK(password(slot.administrator_user) == "(none)");
  REQUIRE(slot.instances.size() == 1);
  CHECK(slot.instances[0].url == "https://localhost:8443/api/v1");
  CHECK(slot.instances[0].danger_insecure_cert);
  CHECK(slot.certificate_format == CertificateFormat::kPem);
  CHECK_FALSE(slot.retries.has_value());
  CHECK_FALSE(slot.timeout.has_value());
}

TEST_CASE("A file with several instances and their fingerprints loads") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(R"(
slots:
  - label: Cluster
    operator:
      username: operator
      password: pass
    instances:
      - url: https://10.0.0.1/api/v1
        max_idle_connections: 10
        sha256_fingerprints:
          - "31:92:8E:A4:5E:16:5C:A7:33:44:E8:E9:8E:64:C4:AE:7B:2A:57:E5:77:43:49:F3:69:C9:8F:C4:2F:3A:3B:6E"
          - 31928ea45e165ca73344e8e98e64c4ae7b2a57e5774349f369c98fc42f3a3b6f
      - url: https://10.0.0.2/api/v1
        sha256_fingerprints: []
)"));
  const auto& instances = result.config.slots.at(0).instances;
  REQUIRE(instances.size() == 2);
  CHECK(instances[0].max_idle_connections == 10);
  REQUIRE(instances[0].sha256_fingerprints.size() == 2);
  CHECK(instances[0].sha256_fingerprints[0].front() == 0x31);
  CHECK(instances[0].sha256_fingerprints[0].back() == 0x6e);
  CHECK(instances[0].sha256_fingerprints[1].back() == 0x6f);
  CHECK(instances[1].sha256_fingerprints.empty());
  CHECK(instances[1].max_idle_connections == 0);
}

TEST_CASE("A file with retries, keepalive, idle time, timeout and DER loads") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(one_slot(R"(
    retries:
      count: 3
      delay_seconds: 2
    timeout_seconds: 10
    tcp_keepalive:
      time_seconds: 600
      interval_seconds: 60
      retries: 4
    connections_max_idle_duration: 1800
    certificate_format: DER
)")));
  const Slot& slot = result.config.slots.at(0);
  CHECK(slot.retries->count == 3);
  CHECK(slot.retries->delay == seconds(2));
  CHECK(slot.timeout == seconds(10));
  CHECK(slot.tcp_keepalive->time == seconds(600));
  CHECK(slot.tcp_keepalive->interval == seconds(60));
  CHECK(slot.tcp_keepalive->retries == 4);
  CHECK(slot.connections_max_idle_duration == seconds(1800));
  CHECK(slot.certificate_format == CertificateFormat::kDer);
  CHECK(result.notices.empty());
}

TEST_CASE("A file with two slots keeps their order") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text(R"(
slots:
  - label: A
    operator: {username: a}
    instances:
      - url: http://127.0.0.1:8080/api/v1
  - label: B
    administrator: {username: b}
    instances:
      - {url: "https://[2001:db8::1]:8443/api/v1/"}
)"));
  REQUIRE(result.config.slots.size() == 2);
  CHECK(result.config.slots[0].label == "A");
  CHECK_FALSE(result.config.slots[0].administrator_user.has_value());
  CHECK(result.config.slots[1].label == "B");
  CHECK_FALSE(result.config.slots[1].operator_user.has_value());
  CHECK(result.config.slots[1].instances[0].url == "https://[2001:db8::1]:8443/api/v1");
}

TEST_CASE("A password comes from the environment") {
  ConfigFiles files;
  files.variables["MY_PASS"] = "from outside";
  const Loaded result = loaded(files.load_text(R"(
slots:
  - label: A
    operator: {username: a, password: "env:MY_PASS"}
    instances: [{url: "https://h/api/v1"}]
)",
                                               0644));
  CHECK(password(result.config.slots.at(0).operator_user) == "from outside");
  CHECK(result.notices.empty());
}

TEST_CASE("An old file with enable_set_attribute_value loads with a notice") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text("enable_set_attribute_value: true\n" +
                                               one_slot("    enable_set_attribute_value: true\n")));
  REQUIRE(result.notices.size() == 2);
  CHECK(contains(result.notices[0], "one.conf:1:29: enable_set_attribute_value: "));
  CHECK(contains(result.notices[1], "one.conf:5:33: enable_set_attribute_value: "));
}

TEST_CASE("Every way to log can be configured") {
  ConfigFiles files;
  const auto settings = [&](const std::string& keys) {
    const Loaded result = loaded(files.load_text(keys + one_slot()));
    CHECK(result.notices.empty());
    return result.config.logging;
  };
  CHECK(settings("").level == log::Level::kWarn);
  CHECK(settings("").syslog_facility == "user");
  CHECK(settings("log_file: '-'\n").file == "-");
  CHECK(settings("syslog_socket: /dev/log\n").syslog_socket == "/dev/log");
  CHECK(settings("syslog_tcp: 127.0.0.1:601\n").syslog_tcp == "127.0.0.1:601");
  const auto udp = settings("syslog_udp:\n  to_addr: \"[::1]:514\"\n  from_addr: \"[::]:0\"\n").syslog_udp;
  CHECK(udp->to_addr == "[::1]:514");
  CHECK(udp->from_addr == "[::]:0");
  const auto who =
      settings("syslog_facility: local7\nsyslog_hostname: h\nsyslog_process: p\nsyslog_pid: 0\n");
  CHECK(who.syslog_facility == "local7");
  CHECK(who.syslog_hostname == "h");
  CHECK(who.syslog_process == "p");
  CHECK(who.syslog_pid == 0U);
}

TEST_CASE("Threads can be disabled") {
  ConfigFiles files;
  const Config none = loaded(files.load_text(one_slot())).config;
  CHECK_FALSE(none.disable_threads);
  CHECK_FALSE(none.disable_thread_pool);
  CHECK(loaded(files.load_text("disable_threads: true\n" + one_slot())).config.disable_threads);
  CHECK(loaded(files.load_text("disable_thread_pool: true\n" + one_slot())).config.disable_thread_pool);
}

TEST_CASE("A file may have no slots") {
  ConfigFiles files;
  const Loaded result = loaded(files.load_text("slots: []\n"));
  CHECK(result.config.slots.empty());
  CHECK(joined(result.notices) == "slots: there are none\n");
}

TEST_CASE("Byte order mark, document start, comments and Windows line ends are taken") {
  ConfigFiles files;
  std::string text = "\xef\xbb\xbf---\n# comment\n" + one_slot();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\r\n");
  const Loaded result = loaded(files.load_text(text + "...\r\n"));
  CHECK(result.config.slots.at(0).label == "One");
  CHECK(result.notices.empty());
}
