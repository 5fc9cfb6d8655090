// SPDX-License-Identifier: Apache-2.0
#include "simulator/json_record.h"

#include <algorithm>

namespace nethsm::simulator {

JsonRecord::JsonRecord(const nlohmann::json& value, std::string name,
                       std::initializer_list<std::string_view> members)
    : value_(value), name_(std::move(name)) {
  if (!value_.is_object()) throw SchemaError(name_);
  for (const auto& item : value_.items()) {
    if (std::find(members.begin(), members.end(), item.key()) == members.end()) throw SchemaError(name_);
  }
}

const nlohmann::json* JsonRecord::find(std::string_view member) const {
  const auto it = value_.find(std::string(member));
  return it == value_.end() ? nullptr : &*it;
}

const nlohmann::json& JsonRecord::required(std::string_view member, std::string_view as) const {
  const nlohmann::json* value = find(member);
  if (value == nullptr) complain(as.empty() ? member : as);
  return *value;
}

std::string JsonRecord::string(std::string_view member) const {
  const nlohmann::json& value = required(member);
  if (!value.is_string()) complain(member);
  return value.get<std::string>();
}

std::string JsonRecord::string_or_empty(std::string_view member) const {
  return find(member) == nullptr ? std::string() : string(member);
}

std::optional<std::string> JsonRecord::optional_string(std::string_view member) const {
  const nlohmann::json* value = find(member);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return string(member);
}

std::optional<std::vector<std::string>> JsonRecord::optional_strings(std::string_view member) const {
  const nlohmann::json* value = find(member);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const bool strings = value->is_array() && std::all_of(value->begin(), value->end(),
                                                        [](const auto& item) { return item.is_string(); });
  if (!strings) complain(member);
  return value->get<std::vector<std::string>>();
}

std::int64_t JsonRecord::integer_or(std::string_view member, std::int64_t otherwise) const {
  const nlohmann::json* value = find(member);
  if (value == nullptr) return otherwise;
  if (!value->is_number_integer()) complain(member);
  return value->get<std::int64_t>();
}

void JsonRecord::complain(std::string_view member) const {
  throw SchemaError(name_ + "." + std::string(member));
}

void append_json_string(std::string& json, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\b':
        json += "\\b";
        break;
      case '\f':
        json += "\\f";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\r':
        json += "\\r";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
          json += c;
        } else {
          json += "\\u00";
          json += {kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
        }
    }
  }
  json += '"';
}

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

}  // namespace nethsm::simulator
