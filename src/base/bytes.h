// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace nethsm {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Text and bytes are the same octets; these two say which one is meant without copying.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

// The octets of a number in this machine's layout, as C interfaces pass them.
template <class T>
Bytes native_bytes(T value) {
  static_assert(std::is_integral_v<T>);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  return Bytes(bytes, bytes + sizeof value);
}

enum class HexCase { kLower, kUpper };
std::string to_hex(ByteView bytes, HexCase letters = HexCase::kLower);

// Strict: an even number of hex digits of either case, nothing else.
std::optional<Bytes> from_hex(std::string_view text);

// Standard base64 with padding, no line breaks (RFC 4648 §4). Decoding is strict: canonical padding only.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

bool is_valid_utf8(ByteView bytes);

}  // namespace nethsm
