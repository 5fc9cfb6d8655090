// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nethsm::simulator {

// text() is the parser's complaint, without the "Invalid JSON: " in front and the full stop behind; it quotes
// the input, NUL included.
class JsonSyntaxError : public std::runtime_error {
 public:
  explicit JsonSyntaxError(const std::string& text) : std::runtime_error(text), text_(text) {}

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Parses what the server's parser (Yojson) takes for JSON: also comments, unquoted member names, NaN,
// Infinity, tuples "(1,2)" and variants "<"A":1>". Of members with the same name the last one stays. Tuples,
// variants, NaN and integers beyond 64 bits become values that no schema accepts. Strings may hold any bytes.
nlohmann::json parse_lax_json(std::string_view text);

}  // namespace nethsm::simulator
