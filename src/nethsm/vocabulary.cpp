// SPDX-License-Identifier: Apache-2.0
#include "nethsm/vocabulary.h"

#include <algorithm>

namespace nethsm::api {

std::optional<KeyType> parse_key_type(std::string_view name) {
  const auto* row = std::find(kKeyTypeNames.begin(), kKeyTypeNames.end(), name);
  if (row == kKeyTypeNames.end()) return std::nullopt;
  return static_cast<KeyType>(row - kKeyTypeNames.begin());
}

std::optional<Mechanism> parse_mechanism(std::string_view name) {
  const auto* row = std::find_if(kMechanismNames.begin(), kMechanismNames.end(),
                                 [&](const MechanismName& candidate) { return candidate.name == name; });
  if (row == kMechanismNames.end()) return std::nullopt;
  return static_cast<Mechanism>(row - kMechanismNames.begin());
}

bool is_valid_id(std::string_view id) {
  // Not isalnum(3): the host's locale must not change what an id is.
  constexpr auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (id.empty() || id.size() > kMaxIdLength || !alphanumeric(id.front())) return false;
  return std::all_of(id.begin(), id.end(),
                     [&](char c) { return alphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

bool is_valid_user(std::string_view name) {
  const auto tilde = name.find('~');
  if (tilde == std::string_view::npos) return is_valid_id(name);
  return is_valid_id(name.substr(0, tilde)) && is_valid_id(name.substr(tilde + 1));
}

std::string_view namespace_of(std::string_view user) {
  const auto tilde = user.find('~');
  return tilde == std::string_view::npos ? std::string_view() : user.substr(0, tilde);
}

}  // namespace nethsm::api
