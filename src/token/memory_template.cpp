// SPDX-License-Identifier: Apache-2.0
#include "token/memory_template.h"

#include <algorithm>

#include "token/key_template.h"
#include "token/new_key.h"

namespace nethsm::token {
namespace {

ByteView value_of(const CK_ATTRIBUTE& attribute) {
  return {static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen};
}

Unexpected<Error> unknown(CK_ATTRIBUTE_TYPE type) {
  return fail(CKR_ATTRIBUTE_TYPE_INVALID, attribute_name(type) + " is not an attribute of the object");
}

}  // namespace

Status check_attributes(const Template& object, ClassSet of) {
  for (const CK_ATTRIBUTE& attribute : object.attributes()) {
    const AttributeRow* row = find_attribute(attribute.type, of);
    if (row == nullptr) return unknown(attribute.type);
    TRY(check_form(*row, value_of(attribute)));
    if (row->given == Given::kNever) {
      return fail(CKR_ATTRIBUTE_READ_ONLY, std::string(row->name) + " is set by the token alone");
    }
  }
  return Ok{};
}

OwnAttributes own_attributes(const Template& object, ClassSet of) {
  OwnAttributes own{{CKA_ID, {}}, {CKA_LABEL, {}}};
  for (const CK_ATTRIBUTE& attribute : object.attributes()) {
    const AttributeRow* row = find_attribute(attribute.type, of);
    if (row == nullptr || (row->given != Given::kFree && row->given != Given::kKept)) continue;
    own[attribute.type] = to_bytes(value_of(attribute));
  }
  return own;
}

Result<Object> public_key_in_memory(const Template& object, CK_SESSION_HANDLE owner) {
  TRY(check_attributes(object, kPublicClass));
  KeyRecord record;
  record.key = TRY(public_key_from(object));
  record.key.mechanisms = TRY(mechanisms_for_public_key(record.key.type, object));
  record.origin = KeyRecord::Origin::kImported;
  Object made;
  made.object_class = CKO_PUBLIC_KEY;
  made.record = std::make_shared<const KeyRecord>(std::move(record));
  made.owner = owner;
  made.own = std::make_shared<const OwnAttributes>(own_attributes(object, kPublicClass));
  return made;
}

Object certificate_in_memory(const Template& object, std::shared_ptr<const crypto::Certificate> certificate,
                             std::optional<CK_SESSION_HANDLE> owner) {
  Object made;
  made.object_class = CKO_CERTIFICATE;
  made.certificate = std::move(certificate);
  made.owner = owner;
  made.own = std::make_shared<const OwnAttributes>(own_attributes(object, kCertificateClass));
  return made;
}

Result<Object> changed(const Object& object, const Template& changes) {
  const ClassSet of = class_set_of(object.object_class);
  if (!is_set(object, CKA_MODIFIABLE)) return fail(CKR_ACTION_PROHIBITED, "the object cannot be modified");
  auto own = std::make_shared<OwnAttributes>(*object.own);
  for (const CK_ATTRIBUTE& attribute : changes.attributes()) {
    const AttributeRow* row = find_attribute(attribute.type, of);
    if (row == nullptr) return unknown(attribute.type);
    const ByteView value = value_of(attribute);
    const auto current = attribute_value(object, attribute.type);
    if (current && std::ranges::equal(*current, value)) continue;
    if (row->given != Given::kFree) {
      return fail(CKR_ATTRIBUTE_READ_ONLY, std::string(row->name) + " cannot be changed");
    }
    TRY(check_form(*row, value));
    (*own)[attribute.type] = to_bytes(value);
  }
  Object result = object;
  result.own = std::move(own);
  return result;
}

}  // namespace nethsm::token
