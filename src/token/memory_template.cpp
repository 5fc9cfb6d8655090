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

OwnAttributes own_attributes(const Template& object, ClassSet of) {
  OwnAttributes own{{CKA_ID, {}}, {CKA_LABEL, {}}};
  for (const CK_ATTRIBUTE& attribute : object.attributes()) {
    const AttributeRow* row = find_attribute(attribute.type, of);
    if (row == nullptr || (row->given != Given::kFree && row->given != Given::kKept)) continue;
    own[attribute.type] = to_bytes(value_of(attribute));
  }
  return own;
}

Result<Object> public_key_in_memory(const Template& object, api::Mechanisms withheld,
                                    CK_SESSION_HANDLE owner) {
  TRY(check_attributes(object, kPublicClass));
  KeyRecord record;
  record.key = TRY(public_key_from(object));
  record.key.mechanisms = TRY(mechanisms_for_public_key(record.key.type, object)).without(withheld);
  record.origin = KeyRecord::Origin::kImported;
  Object made;
  made.object_class = CKO_PUBLIC_KEY;
  made.record = std::make_shared<const KeyRecord>(std::move(record));
  made.owner = owner;
  made.own = std::make_shared<const OwnAttributes>(own_attributes(object, kPublicClass));
  return made;
}

Object temporary_key(const KeyRecord& record, CK_OBJECT_CLASS object_class, const Template& key,
                     CK_SESSION_HANDLE owner) {
  Object made;
  made.object_class = object_class;
  made.record = std::make_shared<const KeyRecord>(record);
  made.owner = owner;
  made.is_temporary_key = true;
  auto own = own_attributes(key, class_set_of(object_class));
  own.emplace(CKA_COPYABLE, Bytes{CK_TRUE});  // to the token, which makes it a permanent key
  made.own = std::make_shared<const OwnAttributes>(std::move(own));
  return made;
}

Object temporary_public_key(const KeyRecord& record, const Template& key, CK_SESSION_HANDLE owner) {
  KeyRecord facts = record;
  facts.key.id.clear();  // the private half may go or be renamed
  Object made;
  made.object_class = CKO_PUBLIC_KEY;
  made.record = std::make_shared<const KeyRecord>(std::move(facts));
  made.owner = owner;
  made.own = std::make_shared<const OwnAttributes>(own_attributes(key, kPublicClass));
  return made;
}

Status check_changes_of_copy(const Object& object, const Template& changes) {
  const ClassSet of = class_set_of(object.object_class);
  TRY(check_attributes(changes, of));
  for (const CK_ATTRIBUTE& attribute : changes.attributes()) {
    const AttributeRow& row = *find_attribute(attribute.type, of);
    if (row.given != Given::kDecides || row.type == CKA_TOKEN) continue;
    if (has_value(object, attribute.type, value_of(attribute))) continue;
    return fail(CKR_ATTRIBUTE_READ_ONLY, std::string(row.name) + " is the same for a copy");
  }
  return Ok{};
}

Result<Object> copied(const Object& object, const Template& changes, CK_SESSION_HANDLE owner) {
  TRY(check_changes_of_copy(object, changes));
  OwnAttributes own = object.own ? *object.own : OwnAttributes();
  for (const CK_ATTRIBUTE_TYPE name : {CKA_ID, CKA_LABEL}) {
    if (auto value = attribute_value(object, name)) own[name] = std::move(*value);
  }
  for (const CK_ATTRIBUTE& attribute : changes.attributes()) {
    const AttributeRow& row = *find_attribute(attribute.type, class_set_of(object.object_class));
    if (row.given == Given::kFree || row.given == Given::kKept) {
      own[attribute.type] = to_bytes(value_of(attribute));
    }
  }
  Object copy = object;
  copy.owner = owner;
  copy.own = std::make_shared<const OwnAttributes>(std::move(own));
  return copy;
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
    if (row->given != Given::kNever && has_value(object, attribute.type, value)) continue;
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
