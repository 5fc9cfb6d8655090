// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace nethsm::simulator {

// what() is the parser's text, without the "Invalid JSON: " in front and the full stop behind.
class JsonSyntaxError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Parses what the server's parser (Yojson) takes for JSON: also comments, unquoted member names, NaN,
// Infinity, tuples "(1,2)" and variants "<"A":1>". Of members with the same name the last one stays. Tuples,
// variants, NaN and integers beyond 64 bits become values that no schema accepts. Strings may hold any bytes.
nlohmann::json parse_lax_json(std::string_view text);

}  // namespace nethsm::simulator
