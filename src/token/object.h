// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "crypto/x509.h"
#include "nethsm/key.h"
#include "token/error.h"
#include "token/template.h"

namespace nethsm::token {

// What the module knows of a NetHSM key: shared by the objects that are made of it, replaced as a whole when
// the label or the id changes. Immutable.
struct KeyRecord {
  api::Key key;
  // What the device does not tell, known while the process that made the key lives.
  enum class Origin : std::uint8_t { kUnknown, kGenerated, kImported };
  Origin origin = Origin::kUnknown;
  // CKM_* when this process generated the key, else CK_UNAVAILABLE_INFORMATION: never a guess.
  CK_MECHANISM_TYPE generated_by = CK_UNAVAILABLE_INFORMATION;
  std::optional<std::size_t> secret_length = {};  // of Generic keys, in bytes
  // CKF_SIGN, CKF_VERIFY, CKF_ENCRYPT, CKF_DECRYPT: what the template of a secret key said no to. The device
  // cannot keep it, where the same NetHSM mechanism is good for another use.
  CK_FLAGS refused_uses = 0;
  bool label_is_local = false;  // the server cannot store labels: key.label is known here only
};

// What an object has of its own, in C form: it stands above what the attribute table derives.
using OwnAttributes = std::map<CK_ATTRIBUTE_TYPE, Bytes>;

// One PKCS#11 object: the private, public or secret side of a NetHSM key, its certificate, or something that
// lives in this process only. An immutable value; a call that holds one is not disturbed by a rename or a
// refresh. Its handle is never used again for anything else.
struct Object {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  CK_OBJECT_CLASS object_class = 0;
  std::shared_ptr<const KeyRecord> record;                 // null for objects without a key
  std::shared_ptr<const crypto::Certificate> certificate;  // CKO_CERTIFICATE only
  std::optional<CK_SESSION_HANDLE> owner;                  // session objects: the session that they end with
  std::shared_ptr<const OwnAttributes> own;                // null: the object is one of the device
  bool is_temporary_key = false;  // a session object that the device has under a temporary id
};
using ObjectPtr = std::shared_ptr<const Object>;

// The value of an attribute in its C form (CK_ULONG and CK_BBOOL in native layout), or the code that
// C_GetAttributeValue has to give for it: CKR_ATTRIBUTE_TYPE_INVALID or CKR_ATTRIBUTE_SENSITIVE.
Result<Bytes> attribute_value(const Object& object, CK_ATTRIBUTE_TYPE type);

// True if the object has the attribute, readable and with exactly this value.
bool has_value(const Object& object, CK_ATTRIBUTE_TYPE type, ByteView value);

// True if every attribute of the template is present in the object with exactly this value.
bool matches(const Object& object, const Template& wanted);

// CKA_PRIVATE, CKA_MODIFIABLE and the like: of what an object does not have, false.
bool is_set(const Object& object, CK_ATTRIBUTE_TYPE type);

// C_GetAttributeValue (PKCS#11 v3.2 §5.7.5): fills every entry that it can, sets the others' lengths to
// CK_UNAVAILABLE_INFORMATION, and returns the one code for all.
CK_RV read_attributes(const Object& object, std::span<CK_ATTRIBUTE> attributes);

}  // namespace nethsm::token
