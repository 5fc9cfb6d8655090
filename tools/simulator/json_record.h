// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nethsm::simulator {

// Valid JSON that is not what the request's schema asks for. what() is the bare reason; most resources answer
// 400 with "Invalid data for JSON schema: <reason>.".
class SchemaError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A JSON object as a record of the server's schema. The server complains about unknown members first and
// about the others from the last to the first, so read the members in the reverse of their order in the
// schema.
class JsonRecord {
 public:
  // `name` as in the complaints, such as "Json.sign_req". Throws SchemaError, as all functions do.
  JsonRecord(const nlohmann::json& value, std::string name, std::initializer_list<std::string_view> members);

  const nlohmann::json* find(std::string_view member) const;  // null: absent
  // `as`: the member's name in the complaints where it differs.
  const nlohmann::json& required(std::string_view member, std::string_view as = {}) const;
  std::string string(std::string_view member) const;
  std::string string_or_empty(std::string_view member) const;
  std::optional<std::string> optional_string(std::string_view member) const;  // null counts as absent
  std::optional<std::vector<std::string>> optional_strings(std::string_view member) const;  // likewise
  std::int64_t integer_or(std::string_view member, std::int64_t otherwise) const;

  [[noreturn]] void complain(std::string_view member) const;

 private:
  const nlohmann::json& value_;
  std::string name_;
};

// Appends the text as a JSON string. Only quotes, backslashes and control characters are escaped; all other
// bytes pass, even where they are no UTF-8.
void append_json_string(std::string& json, std::string_view text);
std::string json_string(std::string_view text);

}  // namespace nethsm::simulator
