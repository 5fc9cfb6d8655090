// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nethsm::simulator {

using Bytes = std::vector<std::uint8_t>;

// what() is the server's own text: "Wrong padding", "Malformed input" or "Too much input".
class Base64Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

std::string base64_encode(std::span<const std::uint8_t> data);

// Decodes as the genuine server does: the standard alphabet with padding is required, but the last group of
// four may hold more padding than needed ("A===" is empty, "AAAA====" three bytes). Throws Base64Error.
Bytes base64_decode(std::string_view text);

}  // namespace nethsm::simulator
