// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "session/output.h"

// A caller's buffer that shows what was written to it, and that nothing was written beyond.
class Buffer {
 public:
  explicit Buffer(std::size_t capacity)
      : length(capacity), capacity_(capacity), bytes_(capacity + kMargin, kUntouched) {}

  CK_ULONG length;  // as the last call has left it

  nethsm::session::Output output() {
    length = capacity_;
    return {bytes_.data(), &length};
  }
  nethsm::session::Output size_query() { return {nullptr, &length}; }

  nethsm::Bytes written() const {
    return {bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(length)};
  }
  bool untouched() const {
    return std::ranges::all_of(bytes_, [](std::uint8_t byte) { return byte == kUntouched; });
  }

 private:
  static constexpr std::size_t kMargin = 8;
  static constexpr std::uint8_t kUntouched = 0xa5;
  std::size_t capacity_;
  std::vector<std::uint8_t> bytes_;
};

inline nethsm::session::Input text(std::string_view value) { return nethsm::as_bytes(value); }
inline nethsm::session::Input missing() { return nethsm::token::fail(CKR_ARGUMENTS_BAD); }

// The code of a Result.
template <class T>
CK_RV rv(const nethsm::token::Result<T>& result) {
  return result ? CKR_OK : result.error().rv;
}
