// SPDX-License-Identifier: Apache-2.0
#include "token/template.h"

#include <algorithm>
#include <cstring>

#include "token/attributes.h"

namespace nethsm::token {
namespace {

constexpr std::size_t kMaxValueLength = std::size_t{1} << 30;  // far over anything real; catches (CK_ULONG)-1

ByteView value_of(const CK_ATTRIBUTE& attribute) {
  return {static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen};
}

Status check(const CK_ATTRIBUTE& attribute) {
  const bool readable = attribute.pValue != nullptr || attribute.ulValueLen == 0;
  if (readable && attribute.ulValueLen <= kMaxValueLength) return Ok{};
  return fail(CKR_ARGUMENTS_BAD, attribute_name(attribute.type) + " has a length but no value");
}

Unexpected<Error> malformed(CK_ATTRIBUTE_TYPE type, const char* expected) {
  return fail(CKR_ATTRIBUTE_VALUE_INVALID, attribute_name(type) + " is not " + expected);
}

}  // namespace

Result<Template> Template::from(const CK_ATTRIBUTE* attributes, CK_ULONG count) {
  if (count == 0) return Template();
  if (attributes == nullptr) return fail(CKR_ARGUMENTS_BAD, "the template is null but has a count");
  const std::span<const CK_ATTRIBUTE> all(attributes, count);
  for (std::size_t i = 0; i < all.size(); ++i) {
    TRY(check(all[i]));
    const auto earlier = all.first(i);
    const auto same = std::find_if(earlier.begin(), earlier.end(),
                                   [&](const CK_ATTRIBUTE& other) { return other.type == all[i].type; });
    if (same != earlier.end() && !std::ranges::equal(value_of(*same), value_of(all[i]))) {
      return fail(CKR_TEMPLATE_INCONSISTENT,
                  attribute_name(all[i].type) + " is given twice with different values");
    }
  }
  Template result;
  result.attributes_ = all;
  return result;
}

std::optional<ByteView> Template::bytes(CK_ATTRIBUTE_TYPE type) const {
  for (const CK_ATTRIBUTE& attribute : attributes_) {
    if (attribute.type == type) return value_of(attribute);
  }
  return std::nullopt;
}

Result<std::optional<CK_ULONG>> Template::number(CK_ATTRIBUTE_TYPE type) const {
  const auto value = bytes(type);
  if (!value) return std::optional<CK_ULONG>();
  CK_ULONG number = 0;
  if (value->size() != sizeof number) return malformed(type, "a CK_ULONG");
  std::memcpy(&number, value->data(), sizeof number);
  return std::optional<CK_ULONG>(number);
}

Result<std::optional<bool>> Template::boolean(CK_ATTRIBUTE_TYPE type) const {
  const auto value = bytes(type);
  if (!value) return std::optional<bool>();
  if (value->size() != sizeof(CK_BBOOL) || value->front() > CK_TRUE) return malformed(type, "a CK_BBOOL");
  return std::optional<bool>(value->front() == CK_TRUE);
}

}  // namespace nethsm::token
