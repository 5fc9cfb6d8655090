// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "config/report.h"

namespace nethsm::config {

struct Entry;

// A YAML document as it is written: scalars keep their text, so that 010 or yes mean only what we make of
// them. Any text may be a password, hence the wiped bytes.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  Place place;
  bool quoted = false;
  SecretBytes bytes;           // of a scalar
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping, in order; no key twice

  std::string_view text() const { return as_text({bytes.data(), bytes.size()}); }
  const Node* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;
  Node value;
};

// Reads the plain part of YAML: one document of mappings, lists and scalars. Duplicate keys, anchors,
// aliases, tags, a second document and deep nesting are problems. nullopt if the text is not YAML at all;
// never throws but for memory.
std::optional<Node> read_document(std::string_view text, Report& report);

}  // namespace nethsm::config
