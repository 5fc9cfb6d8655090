// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "token/error.h"

namespace nethsm::session {

// The bytes that a call hands in. An argument error inside an operation ends that operation, so the shell
// passes what it found as a value instead of returning before the operation has heard of it.
using Input = token::Result<ByteView>;

// The caller's buffer under the convention for variable-length output (PKCS#11 v3.2 §5.2): a null buffer asks
// for the length, a short one gets the length and CKR_BUFFER_TOO_SMALL, and nothing is written in either
// case. A view on the caller's memory for the duration of one C_ call.
class Output {
 public:
  Output(std::uint8_t* buffer, CK_ULONG* length) : buffer_(buffer), length_(length) {
    if (length_ != nullptr) capacity_ = *length_;
  }

  // CKR_ARGUMENTS_BAD without a place for the length.
  token::Status check() const;

  // Tells the caller that `size` bytes are to come: true if they can be written now, false if only the length
  // was asked for, CKR_BUFFER_TOO_SMALL otherwise.
  token::Result<bool> takes(std::size_t size) const;

  // To be called after takes() has said yes to at least this size.
  void write(ByteView bytes) const;

  bool is_size_query() const { return buffer_ == nullptr; }

 private:
  std::uint8_t* buffer_;
  CK_ULONG* length_;
  std::size_t capacity_ = 0;
};

}  // namespace nethsm::session
