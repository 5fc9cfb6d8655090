// SPDX-License-Identifier: Apache-2.0
#include "simulator/base64.h"

#include <array>

namespace nethsm::simulator {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kInvalid = 0xff;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint8_t value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }

char letter(std::uint32_t sextet) { return kAlphabet[sextet & 0x3f]; }

// How many of the four characters are padding; only a tail of '=' may be outside of the alphabet.
std::size_t padding_of(std::string_view group) {
  std::size_t padding = 0;
  while (padding < 4 && group[3 - padding] == '=') ++padding;
  for (std::size_t i = 0; i < 4 - padding; ++i) {
    if (value_of(group[i]) == kInvalid) throw Base64Error("Malformed input");
  }
  return padding;
}

}  // namespace

std::string base64_encode(std::span<const std::uint8_t> data) {
  std::string text;
  text.reserve((data.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= data.size(); i += 3) {
    const std::uint32_t word = std::uint32_t{data[i]} << 16 | std::uint32_t{data[i + 1]} << 8 | data[i + 2];
    text += {letter(word >> 18), letter(word >> 12), letter(word >> 6), letter(word)};
  }
  if (const std::size_t rest = data.size() - i; rest == 1) {
    const std::uint32_t word = std::uint32_t{data[i]} << 16;
    text += {letter(word >> 18), letter(word >> 12), '=', '='};
  } else if (rest == 2) {
    const std::uint32_t word = std::uint32_t{data[i]} << 16 | std::uint32_t{data[i + 1]} << 8;
    text += {letter(word >> 18), letter(word >> 12), letter(word >> 6), '='};
  }
  return text;
}

Bytes base64_decode(std::string_view text) {
  Bytes data;
  data.reserve(text.size() / 4 * 3);
  while (!text.empty()) {
    if (text.size() < 4) throw Base64Error("Wrong padding");
    const std::string_view group = text.substr(0, 4);
    const std::size_t padding = padding_of(group);
    text.remove_prefix(4);
    if (padding != 0 && !text.empty()) throw Base64Error("Too much input");
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) word = word << 6 | (i < 4 - padding ? value_of(group[i]) : 0u);
    if (padding < 3) data.push_back(static_cast<std::uint8_t>(word >> 16));
    if (padding < 2) data.push_back(static_cast<std::uint8_t>(word >> 8));
    if (padding < 1) data.push_back(static_cast<std::uint8_t>(word));
  }
  return data;
}

}  // namespace nethsm::simulator
