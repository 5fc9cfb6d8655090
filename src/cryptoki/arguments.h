// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>

#include "cryptoki/entry.h"
#include "pkcs11/pkcs11.h"

// From the C parameters of the standard to spans and back.
namespace nethsm::cryptoki {

// A null pointer is fine where there is nothing to point to.
inline Input input(CK_BYTE_PTR data, CK_ULONG length) {
  if (data == nullptr && length != 0) return fail(CKR_ARGUMENTS_BAD, "the data is missing");
  return ByteView(data, length);
}

inline Status not_null(const void* pointer) {
  if (pointer == nullptr) return fail(CKR_ARGUMENTS_BAD, "a pointer is NULL");
  return Ok{};
}

// The two-call convention for lists (PKCS#11 v3.2 §5.2); for bytes it is session::Output.
template <class T>
Status write_list(std::span<const T> values, T* out, CK_ULONG* count) {
  const CK_ULONG capacity = *count;
  *count = values.size();
  if (out == nullptr) return Ok{};
  if (capacity < values.size()) return fail(CKR_BUFFER_TOO_SMALL);
  std::copy(values.begin(), values.end(), out);
  return Ok{};
}

}  // namespace nethsm::cryptoki
