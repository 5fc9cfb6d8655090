// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>

#include "config/keys.h"
#include "config/scalar.h"

namespace nethsm::config {
namespace {

constexpr std::size_t kLabelSize = 32;  // of CK_TOKEN_INFO
constexpr std::uint64_t kMaxCount = std::numeric_limits<std::uint32_t>::max();
// What Linux takes for TCP_KEEPIDLE and TCP_KEEPINTVL, and for TCP_KEEPCNT.
constexpr std::uint64_t kMaxKeepaliveSeconds = 32767;
constexpr std::uint64_t kMaxKeepaliveProbes = 127;

// The key types of the NetHSM API, as it spells them.
constexpr std::array<std::string_view, 10> kKeyTypes{
    "RSA",       "Curve25519",    "EC_P256",       "EC_P384",       "EC_P521",
    "EC_P256K1", "BrainpoolP256", "BrainpoolP384", "BrainpoolP512", "Generic"};

void read_label(const Field& field, Slot& slot) {
  slot.label = field.text().value_or("");
  if (slot.label.size() > kLabelSize) field.notice("applications see the first 32 bytes only");
}

template <std::optional<User> Slot::*kMember>
void read_user(const Field& field, Slot& slot) {
  read_mapping(field.node, kUserLevel, (slot.*kMember).emplace(), field.reading);
}

void read_instances(const Field& field, Slot& slot) {
  const auto list = field.list();
  if (field.node.kind == Node::Kind::kSequence && list.empty()) field.refuse(field.node, "the list is empty");
  for (const Node& item : list) {
    read_mapping(item, kInstanceLevel, slot.instances.emplace_back(), field.reading);
  }
}

void read_certificate_format(const Field& field, Slot& slot) {
  const auto text = field.text();
  if (!text) return;
  if (equal_ignoring_case(*text, "DER")) {
    slot.certificate_format = CertificateFormat::kDer;
  } else if (!equal_ignoring_case(*text, "PEM")) {
    field.refuse(field.node, "found \"" + *text + '"');
  }
}

void read_retries(const Field& field, Slot& slot) {
  read_mapping(field.node, kRetriesLevel, slot.retries.emplace(), field.reading);
}

void read_keepalive(const Field& field, Slot& slot) {
  read_mapping(field.node, kTcpKeepaliveLevel, slot.tcp_keepalive.emplace(), field.reading);
}

void read_hidden_types(const Field& field, Slot& slot) {
  for (const Node& item : field.list()) {
    const std::string_view name = item.text();
    if (std::find(kKeyTypes.begin(), kKeyTypes.end(), name) == kKeyTypes.end()) {
      field.refuse(item, "found \"" + std::string(name) + '"');
    } else {
      slot.hide_key_types.emplace_back(name);
    }
  }
}

void check_users(const Node& node, const Slot& slot, Reading& reading) {
  if (slot.operator_user || slot.administrator_user) return;
  reading.report.problem(
      node.place, "the slot \"" + slot.label + "\" has no user: give it an operator or an administrator");
}

constexpr std::array<Key<Slot>, 15> kKeys{{
    {"label", "the name of the token", read_label, true},
    {"description", "a text for the reader of the file",
     [](const Field& field, Slot& slot) { slot.description = field.text(); }},
    {"operator", "a mapping of username and password", read_user<&Slot::operator_user>},
    {"administrator", "a mapping of username and password", read_user<&Slot::administrator_user>},
    {"instances", "a list of at least one instance, each with a url", read_instances, true},
    {"certificate_format", "PEM or DER", read_certificate_format},
    {"retries", "a mapping of count and delay_seconds", read_retries},
    {"tcp_keepalive", "a mapping of time_seconds, interval_seconds and retries", read_keepalive},
    {"connections_max_idle_duration", "a whole number of seconds such as 30",
     [](const Field& field, Slot& slot) { slot.connections_max_idle_duration = field.seconds(0); }},
    {"timeout_seconds", "a whole number of seconds, at least 1",
     [](const Field& field, Slot& slot) { slot.timeout = field.seconds(1); }},
    {"connect_timeout_seconds", "a whole number of seconds, at least 1",
     [](const Field& field, Slot& slot) { slot.connect_timeout = field.seconds(1); }},
    {"cache_seconds", "a whole number of seconds such as 60",
     [](const Field& field, Slot& slot) { slot.cache_lifetime = field.seconds(0); }},
    {"hide_key_types",
     "a list of RSA, Curve25519, EC_P256, EC_P384, EC_P521, EC_P256K1, BrainpoolP256, BrainpoolP384, "
     "BrainpoolP512, Generic",
     read_hidden_types},
    {"enable_bip340", "true or false",
     [](const Field& field, Slot& slot) { slot.enable_bip340 = field.truth().value_or(false); }},
    {"enable_set_attribute_value", "nothing, as the key is obsolete",
     [](const Field& field, Slot&) {
       field.notice("this old key has no effect: C_SetAttributeValue always works");
     }},
}};

constexpr std::array<Key<Retries>, 2> kRetriesKeys{{
    {"count", "a whole number such as 3",
     [](const Field& field, Retries& retries) {
       retries.count = static_cast<std::uint32_t>(field.number(0, kMaxCount).value_or(0));
     },
     true},
    {"delay_seconds", "a whole number of seconds such as 1",
     [](const Field& field, Retries& retries) { retries.delay = field.seconds(0).value_or(retries.delay); },
     true},
}};

constexpr std::array<Key<TcpKeepalive>, 3> kKeepaliveKeys{{
    {"time_seconds", "a whole number of seconds from 1 to 32767",
     [](const Field& field, TcpKeepalive& keepalive) {
       keepalive.time = field.seconds(1, kMaxKeepaliveSeconds).value_or(keepalive.time);
     },
     true},
    {"interval_seconds", "a whole number of seconds from 1 to 32767",
     [](const Field& field, TcpKeepalive& keepalive) {
       keepalive.interval = field.seconds(1, kMaxKeepaliveSeconds).value_or(keepalive.interval);
     },
     true},
    {"retries", "a whole number from 1 to 127",
     [](const Field& field, TcpKeepalive& keepalive) {
       keepalive.retries = static_cast<std::uint32_t>(field.number(1, kMaxKeepaliveProbes).value_or(0));
     },
     true},
}};

}  // namespace

constinit const Level<Slot> kSlotLevel{"a slot", kKeys, check_users};
constinit const Level<Retries> kRetriesLevel{"retries", kRetriesKeys};
constinit const Level<TcpKeepalive> kTcpKeepaliveLevel{"tcp_keepalive", kKeepaliveKeys};

}  // namespace nethsm::config
