// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/bytes.h"

// Arithmetic without branches, whose time tells nothing of the values: for paddings of decrypted data and for
// authentication codes. Truth is 1 or 0; values stay below 2^31.
namespace nethsm::crypto::constant_time {

constexpr std::uint32_t is_zero(std::uint32_t value) { return ((value - 1) & ~value) >> 31; }
constexpr std::uint32_t is_equal(std::uint32_t a, std::uint32_t b) { return is_zero(a ^ b); }
constexpr std::uint32_t is_less(std::uint32_t a, std::uint32_t b) { return (a - b) >> 31; }
// chosen ? a : b
constexpr std::uint32_t select(std::uint32_t chosen, std::uint32_t a, std::uint32_t b) {
  const std::uint32_t mask = 0U - chosen;
  return (a & mask) | (b & ~mask);
}

// Of two views of the same length: zero if they are equal.
inline std::uint32_t differences(ByteView a, ByteView b) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i) bits |= static_cast<std::uint32_t>(a[i] ^ b[i]);
  return bits;
}

}  // namespace nethsm::crypto::constant_time
