// SPDX-License-Identifier: Apache-2.0
#include "simulator/identifier.h"

#include <algorithm>
#include <string>

#include "simulator/failure.h"

namespace nethsm::simulator {
namespace {

constexpr std::size_t kMaxIdBytes = 128;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_punctuation(char c) { return c == '_' || c == '-' || c == '.'; }

}  // namespace

std::string_view id_complaint(std::string_view id) {
  if (id.empty()) return "ID cannot be shorter than 1 character.";
  if (id.size() > kMaxIdBytes) return "ID cannot be longer than 128 characters.";
  if (!std::all_of(id.begin(), id.end(), [](char c) { return is_alphanumeric(c) || is_punctuation(c); }))
    return "ID may only contain alphanumeric characters, underscores, dashes, and dots.";
  if (is_punctuation(id.front())) return "ID cannot start with underscore, dash, or dot.";
  return {};
}

void check_id(std::string_view id) {
  if (const auto complaint = id_complaint(id); !complaint.empty()) throw Failure(400, std::string(complaint));
}

}  // namespace nethsm::simulator
