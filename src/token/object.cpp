// SPDX-License-Identifier: Apache-2.0
#include "token/object.h"

#include <algorithm>
#include <cstring>

#include "crypto/der.h"
#include "token/attributes.h"

namespace nethsm::token {
namespace {

// Java and some versions of NSS look for the number itself, not for its DER form.
bool is_same_serial(ByteView der, ByteView wanted) {
  using crypto::der::without_leading_zeros;
  const auto content = crypto::der::integer_content(der);
  return content && !wanted.empty() &&
         std::ranges::equal(without_leading_zeros(*content), without_leading_zeros(wanted));
}

// A key without a stored label reads as its id, and is also found as one without a label.
bool is_unlabelled(const Object& object) {
  return !object.own && object.record && object.record->key.label.empty();
}

bool matches(const Object& object, const CK_ATTRIBUTE& wanted) {
  const ByteView expected(static_cast<const std::uint8_t*>(wanted.pValue), wanted.ulValueLen);
  const auto value = attribute_value(object, wanted.type);
  if (!value) return false;
  if (std::ranges::equal(*value, expected)) return true;
  if (wanted.type == CKA_SERIAL_NUMBER) return is_same_serial(*value, expected);
  return wanted.type == CKA_LABEL && expected.empty() && is_unlabelled(object);
}

// The code of one entry of C_GetAttributeValue, which is left as that code demands.
CK_RV read_attribute(const Object& object, CK_ATTRIBUTE& attribute) {
  const auto value = attribute_value(object, attribute.type);
  if (!value) {
    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return value.error().rv;
  }
  if (attribute.pValue != nullptr) {
    // A length that an earlier call has left behind says nothing of the buffer.
    const bool unknown = attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION;
    if (unknown || attribute.ulValueLen < value->size()) {
      attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
      return CKR_BUFFER_TOO_SMALL;
    }
    if (!value->empty()) std::memcpy(attribute.pValue, value->data(), value->size());
  }
  attribute.ulValueLen = value->size();
  return CKR_OK;
}

// Which of several codes the caller gets: a refusal before an absence before a question of buffers.
int weight(CK_RV rv) {
  switch (rv) {
    case CKR_OK:
      return 0;
    case CKR_BUFFER_TOO_SMALL:
      return 1;
    case CKR_ATTRIBUTE_TYPE_INVALID:
      return 2;
    default:
      return 3;
  }
}

}  // namespace

Result<Bytes> attribute_value(const Object& object, CK_ATTRIBUTE_TYPE type) {
  const AttributeRow* row = find_attribute(type, class_set_of(object.object_class));
  if (row != nullptr && object.own) {
    if (const auto own = object.own->find(type); own != object.own->end()) return own->second;
  }
  auto value = row != nullptr ? row->value(object) : std::nullopt;
  if (!value) return fail(CKR_ATTRIBUTE_TYPE_INVALID);
  if (row->access == Access::kSensitive) return fail(CKR_ATTRIBUTE_SENSITIVE);
  return std::move(*value);
}

bool has_value(const Object& object, CK_ATTRIBUTE_TYPE type, ByteView value) {
  const auto current = attribute_value(object, type);
  return current && std::ranges::equal(*current, value);
}

bool is_set(const Object& object, CK_ATTRIBUTE_TYPE type) { return has_value(object, type, Bytes{CK_TRUE}); }

bool matches(const Object& object, const Template& wanted) {
  return std::ranges::all_of(wanted.attributes(),
                             [&](const CK_ATTRIBUTE& attribute) { return matches(object, attribute); });
}

CK_RV read_attributes(const Object& object, std::span<CK_ATTRIBUTE> attributes) {
  CK_RV rv = CKR_OK;
  for (CK_ATTRIBUTE& attribute : attributes) {
    const CK_RV code = read_attribute(object, attribute);
    if (weight(code) > weight(rv)) rv = code;
  }
  return rv;
}

}  // namespace nethsm::token
