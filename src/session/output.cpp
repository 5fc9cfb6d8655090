// SPDX-License-Identifier: Apache-2.0
#include "session/output.h"

#include <algorithm>

namespace nethsm::session {

token::Status Output::check() const {
  if (length_ == nullptr) return token::fail(CKR_ARGUMENTS_BAD, "no place for the length of the output");
  return Ok{};
}

token::Result<bool> Output::takes(std::size_t size) const {
  TRY(check());
  *length_ = size;
  if (is_size_query()) return false;
  if (capacity_ < size) return token::fail(CKR_BUFFER_TOO_SMALL);
  return true;
}

void Output::write(ByteView bytes) const {
  std::copy(bytes.begin(), bytes.end(), buffer_);
  *length_ = bytes.size();
}

}  // namespace nethsm::session
