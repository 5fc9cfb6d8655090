// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include "base/socket_address.h"
#include "config/keys.h"
#include "config/scalar.h"

namespace nethsm::config {
namespace {

using Udp = log::Settings::Udp;

constexpr std::uint64_t kMaxPid = std::numeric_limits<std::uint32_t>::max();

std::optional<std::string> socket_address(const Field& field) {
  auto text = field.text();
  if (!text || parse_socket_address(*text)) return text;
  field.refuse(field.node, "host names are not looked up here");
  return std::nullopt;
}

void read_level(const Field& field, Config& config) {
  const auto text = field.text();
  if (!text) return;
  if (const auto level = parse_level(*text)) {
    config.logging.level = *level;
  } else {
    field.refuse(field.node, "found \"" + *text + '"');
  }
}

void read_facility(const Field& field, Config& config) {
  const auto text = field.text();
  if (!text) return;
  if (log::facility_code(*text)) {
    config.logging.syslog_facility = *text;
  } else {
    field.notice("\"" + *text + "\" is no facility of syslog: \"user\" is used; expected " +
                 std::string(field.expected));
  }
}

void read_udp(const Field& field, Config& config) {
  Udp udp;
  read_mapping(field.node, kSyslogUdpLevel, udp, field.reading);
  config.logging.syslog_udp = udp;
}

void read_slots(const Field& field, Config& config) {
  for (const Node& item : field.list()) {
    read_mapping(item, kSlotLevel, config.slots.emplace_back(), field.reading);
  }
}

constexpr std::array<Key<Config>, 13> kKeys{{
    {"slots", "a list of slots", read_slots, true},
    {"log_level", "Trace, Debug, Info, Warn or Error", read_level},
    {"log_file", "a path, or \"-\" for stderr",
     [](const Field& field, Config& config) { config.logging.file = field.text(); }},
    {"syslog_socket", "the path of a unix datagram socket such as /dev/log",
     [](const Field& field, Config& config) { config.logging.syslog_socket = field.text(); }},
    {"syslog_udp", "a mapping of to_addr and from_addr", read_udp},
    {"syslog_tcp", "an IP address and port such as 192.0.2.1:601 or [2001:db8::1]:601",
     [](const Field& field, Config& config) { config.logging.syslog_tcp = socket_address(field); }},
    {"syslog_facility",
     "kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp or local0 to local7",
     read_facility},
    {"syslog_hostname", "a name for the header of lines to a remote server",
     [](const Field& field, Config& config) { config.logging.syslog_hostname = field.text(); }},
    {"syslog_process", "a name for the header of lines to syslog",
     [](const Field& field, Config& config) { config.logging.syslog_process = field.text(); }},
    {"syslog_pid", "a whole number for the header of lines to syslog",
     [](const Field& field, Config& config) {
       if (const auto pid = field.number(0, kMaxPid))
         config.logging.syslog_pid = static_cast<std::uint32_t>(*pid);
     }},
    {"disable_threads", "true or false",
     [](const Field& field, Config& config) { config.disable_threads = field.truth().value_or(false); }},
    {"disable_thread_pool", "true or false",
     [](const Field& field, Config& config) { config.disable_thread_pool = field.truth().value_or(false); }},
    {"enable_set_attribute_value", "nothing, as the key is obsolete",
     [](const Field& field, Config&) {
       field.notice("this old key has no effect: C_SetAttributeValue always works");
     }},
}};

constexpr std::array<Key<Udp>, 2> kUdpKeys{{
    {"to_addr", "the server's IP address and port, such as 192.0.2.1:514",
     [](const Field& field, Udp& udp) { udp.to_addr = socket_address(field).value_or(""); }, true},
    {"from_addr", "the IP address and port to send from, such as 0.0.0.0:0",
     [](const Field& field, Udp& udp) { udp.from_addr = socket_address(field).value_or(""); }, true},
}};

}  // namespace

constinit const Level<Config> kTopLevel{"the configuration", kKeys};
constinit const Level<Udp> kSyslogUdpLevel{"syslog_udp", kUdpKeys};

}  // namespace nethsm::config
