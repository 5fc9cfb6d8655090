// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <algorithm>
#include <limits>

#include "config/scalar.h"

namespace nethsm::config {
namespace {

// Ten years. More could overflow a sum of times, and nobody can tell the difference.
constexpr std::uint64_t kLongestSeconds = 10ULL * 366 * 24 * 3600;

template <class Target>
void append(std::vector<KnownKey>& all, const Level<Target>& level) {
  for (const Key<Target>& key : level.keys) all.push_back({level.name, key.name});
}

// Not too far from what is written to be what is meant.
bool resembles(std::string_view written, std::string_view known) {
  return edit_distance(written, known) <= 1 + known.size() / 4;
}

const KnownKey* nearest(const std::vector<KnownKey>& keys, std::string_view level, std::string_view written) {
  const KnownKey* best = nullptr;
  for (const KnownKey& key : keys) {
    if (key.level != level || !resembles(written, key.name)) continue;
    const bool better =
        best == nullptr || edit_distance(written, key.name) < edit_distance(written, best->name);
    if (better) best = &key;
  }
  return best;
}

std::string advice(std::string_view level, std::string_view written) {
  const std::vector<KnownKey> keys = known_keys();
  if (const KnownKey* near = nearest(keys, level, written)) {
    return "did you mean " + std::string(near->name) + "?";
  }
  std::string here;
  for (const KnownKey& key : keys) {
    if (key.name == written) return "it is a key of " + std::string(key.level);
    if (key.level == level) here += (here.empty() ? "" : ", ") + std::string(key.name);
  }
  return "the keys here are " + here;
}

}  // namespace

std::vector<KnownKey> known_keys() {
  std::vector<KnownKey> all;
  append(all, kTopLevel);
  append(all, kSyslogUdpLevel);
  append(all, kSlotLevel);
  append(all, kUserLevel);
  append(all, kInstanceLevel);
  append(all, kRetriesLevel);
  append(all, kTcpKeepaliveLevel);
  return all;
}

void report_unknown_key(const Entry& entry, std::string_view level, Reading& reading) {
  // Next to a password, what looks like a key may be a misplaced part of it.
  const std::string quoted = level == kUserLevel.name ? "" : " \"" + entry.key + '"';
  reading.report.notice(entry.place, "unknown key" + quoted + " in " + std::string(level) + " is ignored; " +
                                         advice(level, entry.key));
}

bool require_mapping(const Node& node, std::string_view level, Reading& reading) {
  if (node.kind == Node::Kind::kMapping) return true;
  reading.report.problem(
      node.place, std::string(level) + " must be a mapping, that is, indented lines of \"key: value\"");
  return false;
}

void Field::refuse(const Node& value, const std::string& why) const {
  reading.report.problem(value.place, std::string(name) + ": expected " + std::string(expected) + "; " + why);
}

void Field::notice(const std::string& text) const {
  reading.report.notice(node.place, std::string(name) + ": " + text);
}

std::optional<std::string> Field::text() const {
  if (node.kind == Node::Kind::kScalar) return std::string(node.text());
  refuse(node, "found a list or a mapping");
  return std::nullopt;
}

std::optional<std::uint64_t> Field::number(std::uint64_t least, std::uint64_t most) const {
  if (node.kind != Node::Kind::kScalar || node.quoted) {
    refuse(node, "write plain digits without quotes");
    return std::nullopt;
  }
  const auto number = parse_whole_number(node.text());
  if (number && *number >= least && *number <= most) return number;
  refuse(node, "found \"" + std::string(node.text()) + "\"" + (number ? ", which is out of range" : ""));
  return std::nullopt;
}

std::optional<std::chrono::seconds> Field::seconds(std::uint64_t least) const {
  const auto count = number(least, std::numeric_limits<std::uint64_t>::max());
  if (!count) return std::nullopt;
  return std::chrono::seconds(std::min(*count, kLongestSeconds));
}

std::optional<std::chrono::seconds> Field::seconds(std::uint64_t least, std::uint64_t most) const {
  const auto count = number(least, most);
  if (!count) return std::nullopt;
  return std::chrono::seconds(*count);
}

std::optional<bool> Field::truth() const {
  if (node.kind == Node::Kind::kScalar && !node.quoted) {
    if (const auto value = parse_truth(node.text())) return value;
  }
  refuse(node, "write one of these words without quotes");
  return std::nullopt;
}

std::span<const Node> Field::list() const {
  if (node.kind == Node::Kind::kSequence) return node.items;
  refuse(node, "write a list, each item on a line that begins with \"- \"");
  return {};
}

}  // namespace nethsm::config
