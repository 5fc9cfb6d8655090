// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/load.h"

// The keys that each kind of mapping may have, and the way from a document to plain values along these
// tables.
namespace nethsm::config {

// What the reading of one file needs and yields besides values.
struct Reading {
  Report& report;
  const Environment& environment;
  bool has_plain_password = false;
};

// One key with its value, on the way into a struct. A value that does not fit is reported and read as
// nullopt.
struct Field {
  std::string_view name;
  std::string_view expected;
  const Node& node;
  Reading& reading;

  std::optional<std::string> text() const;  // any scalar, exactly as written
  std::optional<std::uint64_t> number(std::uint64_t least, std::uint64_t most) const;
  std::optional<std::chrono::seconds> seconds(std::uint64_t least) const;
  std::optional<std::chrono::seconds> seconds(std::uint64_t least, std::uint64_t most) const;
  std::optional<bool> truth() const;
  std::span<const Node> list() const;

  void refuse(const Node& value, const std::string& why) const;
  void notice(const std::string& text) const;
};

template <class Target>
struct Key {
  std::string_view name;
  std::string_view expected;  // completes "expected ...", with an example where that helps
  void (*read)(const Field&, Target&);
  bool required = false;
};

// The keys of one kind of mapping.
template <class Target>
struct Level {
  std::string_view name;  // "a slot"
  std::span<const Key<Target>> keys;
  void (*check)(const Node&, const Target&, Reading&) = nullptr;  // of keys that depend on each other
};

extern const Level<Config> kTopLevel;
extern const Level<log::Settings::Udp> kSyslogUdpLevel;
extern const Level<Slot> kSlotLevel;
extern const Level<User> kUserLevel;
extern const Level<Instance> kInstanceLevel;
extern const Level<Retries> kRetriesLevel;
extern const Level<TcpKeepalive> kTcpKeepaliveLevel;

struct KnownKey {
  std::string_view level;
  std::string_view name;
};
std::vector<KnownKey> known_keys();  // of all levels

// Says that there is no such key, and which may be meant.
void report_unknown_key(const Entry& entry, std::string_view level, Reading& reading);
bool require_mapping(const Node& node, std::string_view level, Reading& reading);

// Reads the mapping's values into `target`. A key without a value counts as absent.
template <class Target>
void read_mapping(const Node& node, const Level<Target>& level, Target& target, Reading& reading) {
  if (!require_mapping(node, level.name, reading)) return;
  for (const Entry& entry : node.entries) {
    const Key<Target>* known = nullptr;
    for (const Key<Target>& key : level.keys) {
      if (key.name == entry.key) known = &key;
    }
    if (known == nullptr) {
      report_unknown_key(entry, level.name, reading);
    } else if (entry.value.kind != Node::Kind::kNull) {
      known->read({known->name, known->expected, entry.value, reading}, target);
    }
  }
  for (const Key<Target>& key : level.keys) {
    const Node* value = node.find(key.name);
    if (!key.required || (value != nullptr && value->kind != Node::Kind::kNull)) continue;
    reading.report.problem(value != nullptr ? value->place : node.place,
                           std::string(level.name) + " needs the key " + std::string(key.name) + ": " +
                               std::string(key.expected));
  }
  if (level.check != nullptr) level.check(node, target, reading);
}

}  // namespace nethsm::config
