// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "token/error.h"

namespace nethsm::token {

// A caller's attribute array, read-only: a view on the caller's memory for the duration of one C_ call. Typed
// access checks lengths: a CK_ULONG of another size or a CK_BBOOL that is neither true nor false is
// CKR_ATTRIBUTE_VALUE_INVALID, naming the attribute.
class Template {
 public:
  Template() = default;
  // CKR_ARGUMENTS_BAD for a null array with a count or a null value with a length; CKR_TEMPLATE_INCONSISTENT
  // for an attribute given twice with different values.
  static Result<Template> from(const CK_ATTRIBUTE* attributes, CK_ULONG count);

  std::span<const CK_ATTRIBUTE> attributes() const { return attributes_; }
  bool empty() const { return attributes_.empty(); }

  std::optional<ByteView> bytes(CK_ATTRIBUTE_TYPE type) const;
  Result<std::optional<CK_ULONG>> number(CK_ATTRIBUTE_TYPE type) const;
  Result<std::optional<bool>> boolean(CK_ATTRIBUTE_TYPE type) const;

 private:
  std::span<const CK_ATTRIBUTE> attributes_;
};

}  // namespace nethsm::token
