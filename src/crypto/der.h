// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "base/bytes.h"

// The little of DER (ITU-T X.690) that keys, signatures and certificates need. Reading is strict: definite
// and shortest lengths, one-byte tags, nothing beyond the input. Views point into the input.
namespace nethsm::crypto::der {

enum Tag : std::uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kObjectIdentifier = 0x06,
  kUtf8String = 0x0c,
  kPrintableString = 0x13,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kContext0 = 0xa0,  // [0], constructed
  kContext3 = 0xa3,
};

struct Element {
  std::uint8_t tag = 0;
  ByteView content;
  ByteView whole;  // with tag and length
};

// Reads elements that follow one another. After a failure nothing more is read.
class Reader {
 public:
  explicit Reader(ByteView input) : rest_(input) {}

  bool empty() const { return rest_.empty(); }
  std::optional<Element> next();                     // of any tag
  std::optional<ByteView> next(std::uint8_t tag);    // its content; nullopt if another tag comes
  std::optional<Element> next_if(std::uint8_t tag);  // nullopt, and nothing is read, if another tag comes

 private:
  ByteView rest_;
};

// The content of an input that is one element with this tag and nothing else.
std::optional<ByteView> content_of(std::uint8_t tag, ByteView whole);
inline std::optional<ByteView> octet_string_content(ByteView whole) {
  return content_of(kOctetString, whole);
}
// As it stands: two's complement, perhaps with the leading zero of a positive number.
std::optional<ByteView> integer_content(ByteView whole);
// Of a content: big-endian without leading zeros, zero as one byte. nullopt for negative and for padded
// numbers.
std::optional<ByteView> unsigned_number(ByteView integer_content);
// The octets of a bit string that has no unused bits.
std::optional<ByteView> bit_string_octets(ByteView bit_string_content);

Bytes element(std::uint8_t tag, ByteView content);
inline Bytes octet_string(ByteView content) { return element(kOctetString, content); }
// Of a big-endian number, with or without leading zeros.
Bytes unsigned_integer(ByteView number);
Bytes bit_string(ByteView octets);
Bytes sequence(std::initializer_list<ByteView> elements);

// Without the zeros in front; zero is empty.
ByteView without_leading_zeros(ByteView number);

}  // namespace nethsm::crypto::der
