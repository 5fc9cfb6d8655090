// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "token/attributes.h"
#include "token/object.h"
#include "token/template.h"

// From the templates of objects that are kept in memory to these objects. They have no handles yet.
namespace nethsm::token {

// What the template gives and the object simply takes; CKA_ID and CKA_LABEL in any case.
OwnAttributes own_attributes(const Template& object, ClassSet of);

// A CKO_PUBLIC_KEY with all mechanisms that CKA_VERIFY, CKA_ENCRYPT and CKA_ALLOWED_MECHANISMS leave it.
Result<Object> public_key_in_memory(const Template& object, api::Mechanisms withheld,
                                    CK_SESSION_HANDLE owner);

// The key that the device has under a temporary id, and the public half of such a pair.
Object temporary_key(const KeyRecord& record, CK_OBJECT_CLASS object_class, const Template& key,
                     CK_SESSION_HANDLE owner);
Object temporary_public_key(const KeyRecord& record, const Template& key, CK_SESSION_HANDLE owner);

// A copy in memory of a public key or a certificate, with the changes of a C_CopyObject.
Result<Object> copied(const Object& object, const Template& changes, CK_SESSION_HANDLE owner);
// Of any copy: each change must be one that a copy can have (CKR_ATTRIBUTE_READ_ONLY).
Status check_changes_of_copy(const Object& object, const Template& changes);

// A CKO_CERTIFICATE; without an owner it lasts as long as the process uses the module.
Object certificate_in_memory(const Template& object, std::shared_ptr<const crypto::Certificate> certificate,
                             std::optional<CK_SESSION_HANDLE> owner);

// The object with the changes of a C_SetAttributeValue, all or none: CKR_ACTION_PROHIBITED if it cannot be
// modified, CKR_ATTRIBUTE_READ_ONLY for what never changes.
Result<Object> changed(const Object& object, const Template& changes);

}  // namespace nethsm::token
