// SPDX-License-Identifier: Apache-2.0
#include "crypto/der.h"

#include <array>

namespace nethsm::crypto::der {
namespace {

constexpr std::uint8_t kLongForm = 0x80;
constexpr std::size_t kMaxLengthBytes = 4;  // nothing here comes near 4 GiB

struct Length {
  std::size_t value;
  std::size_t bytes;  // that it takes itself
};

std::optional<Length> read_length(ByteView input) {
  if (input.empty()) return std::nullopt;
  if (input[0] < kLongForm) return Length{input[0], 1};
  const std::size_t count = input[0] & 0x7fU;
  if (count == 0 || count > kMaxLengthBytes || input.size() <= count) return std::nullopt;
  std::size_t value = 0;
  for (const std::uint8_t byte : input.subspan(1, count)) value = value << 8 | byte;
  const bool is_shortest = value >= kLongForm && input[1] != 0;
  if (!is_shortest) return std::nullopt;
  return Length{value, count + 1};
}

void append_length(Bytes& out, std::size_t length) {
  if (length < kLongForm) {
    out.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  std::array<std::uint8_t, sizeof length> bytes{};
  std::size_t used = 0;
  for (; length != 0; length >>= 8) bytes[used++] = static_cast<std::uint8_t>(length);
  out.push_back(static_cast<std::uint8_t>(kLongForm | used));
  while (used > 0) out.push_back(bytes[--used]);
}

}  // namespace

std::optional<Element> Reader::next() {
  const ByteView input = rest_;
  rest_ = {};
  constexpr std::uint8_t kLongTag = 0x1f;
  if (input.size() < 2 || (input[0] & kLongTag) == kLongTag) return std::nullopt;
  const auto length = read_length(input.subspan(1));
  if (!length || length->value > input.size() - 1 - length->bytes) return std::nullopt;
  const std::size_t head = 1 + length->bytes;
  rest_ = input.subspan(head + length->value);
  return Element{input[0], input.subspan(head, length->value), input.first(head + length->value)};
}

std::optional<ByteView> Reader::next(std::uint8_t tag) {
  const auto element = next();
  if (element && element->tag == tag) return element->content;
  rest_ = {};
  return std::nullopt;
}

std::optional<Element> Reader::next_if(std::uint8_t tag) {
  if (rest_.empty() || rest_[0] != tag) return std::nullopt;
  return next();
}

std::optional<ByteView> content_of(std::uint8_t tag, ByteView whole) {
  Reader reader(whole);
  const auto content = reader.next(tag);
  return reader.empty() ? content : std::nullopt;
}

std::optional<ByteView> integer_content(ByteView whole) {
  const auto content = content_of(kInteger, whole);
  return content && !content->empty() ? content : std::nullopt;
}

std::optional<ByteView> unsigned_number(ByteView content) {
  constexpr std::uint8_t kSign = 0x80;
  if (content.empty() || (content[0] & kSign) != 0) return std::nullopt;
  if (content[0] != 0 || content.size() == 1) return content;
  const bool zero_was_needed = (content[1] & kSign) != 0;
  return zero_was_needed ? std::optional(content.subspan(1)) : std::nullopt;
}

std::optional<ByteView> bit_string_octets(ByteView content) {
  if (content.empty() || content[0] != 0) return std::nullopt;
  return content.subspan(1);
}

Bytes element(std::uint8_t tag, ByteView content) {
  Bytes out;
  out.reserve(content.size() + 6);
  out.push_back(tag);
  append_length(out, content.size());
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes unsigned_integer(ByteView number) {
  number = without_leading_zeros(number);
  Bytes content;
  if (number.empty() || (number[0] & 0x80) != 0) content.push_back(0);
  content.insert(content.end(), number.begin(), number.end());
  return element(kInteger, content);
}

Bytes bit_string(ByteView octets) {
  Bytes content{0};
  content.insert(content.end(), octets.begin(), octets.end());
  return element(kBitString, content);
}

Bytes sequence(std::initializer_list<ByteView> elements) {
  Bytes content;
  for (const ByteView part : elements) content.insert(content.end(), part.begin(), part.end());
  return element(kSequence, content);
}

ByteView without_leading_zeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

}  // namespace nethsm::crypto::der
