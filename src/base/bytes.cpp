// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace nethsm {
namespace {

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::uint8_t hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return kNoDigit;
}

constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kBase64Digits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::uint8_t i = 0; i < kBase64Alphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kBase64Alphabet[i])] = i;
  }
  return digits;
}();

// The number of bytes of a sequence that starts with this byte, and the least code point that needs so many.
struct Utf8Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t least;
};

constexpr std::optional<Utf8Lead> utf8_lead(std::uint8_t byte) {
  if (byte < 0x80) return Utf8Lead{1, byte, 0};
  if ((byte & 0xe0) == 0xc0) return Utf8Lead{2, byte & 0x1fU, 0x80};
  if ((byte & 0xf0) == 0xe0) return Utf8Lead{3, byte & 0x0fU, 0x800};
  if ((byte & 0xf8) == 0xf0) return Utf8Lead{4, byte & 0x07U, 0x10000};
  return std::nullopt;
}

}  // namespace

std::string to_hex(ByteView bytes, HexCase letters) {
  const char* digits = letters == HexCase::kLower ? "0123456789abcdef" : "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::uint8_t high = hex_digit(text[i]);
    const std::uint8_t low = hex_digit(text[i + 1]);
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  // EVP_EncodeBlock counts in int and writes a terminator.
  constexpr std::size_t kChunk = 3U << 20;
  std::string text;
  while (!bytes.empty()) {
    const ByteView chunk = bytes.first(std::min(kChunk, bytes.size()));
    bytes = bytes.subspan(chunk.size());
    const std::size_t begin = text.size();
    text.resize(begin + (chunk.size() + 2) / 3 * 4 + 1);
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + begin), chunk.data(),
                                        static_cast<int>(chunk.size()));
    text.resize(begin + static_cast<std::size_t>(written));
  }
  return text;
}

// EVP_DecodeBlock is no validator: it takes "Q=QQ", "QR==" and leading blanks, and counts padding as data.
std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  Bytes bytes(text.size() * 6 / 8);
  auto out = bytes.begin();
  std::uint32_t bits = 0;
  std::uint32_t all = 0;  // of the digits, among which kNoDigit would show
  unsigned held = 0;
  for (const char c : text) {
    const std::uint32_t digit = kBase64Digits[static_cast<std::uint8_t>(c)];
    all |= digit;
    bits = bits << 6 | digit;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    *out++ = static_cast<std::uint8_t>(bits >> held);
  }
  // Bits beyond the last byte must be zero, else several texts would mean the same bytes.
  if (all > 0x3f || (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return bytes;
}

bool is_valid_utf8(ByteView bytes) {
  while (!bytes.empty()) {
    const auto lead = utf8_lead(bytes.front());
    if (!lead || bytes.size() < lead->length) return false;
    std::uint32_t point = lead->bits;
    for (const std::uint8_t byte : bytes.subspan(1, lead->length - 1)) {
      if ((byte & 0xc0) != 0x80) return false;
      point = point << 6 | (byte & 0x3fU);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < lead->least || surrogate || point > 0x10ffff) return false;
    bytes = bytes.subspan(lead->length);
  }
  return true;
}

}  // namespace nethsm
