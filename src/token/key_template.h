// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "nethsm/vocabulary.h"
#include "token/error.h"
#include "token/template.h"

// What the templates of new keys have in common, generated or imported.
//
// Attributes that ask for what a NetHSM key is or cannot be anyway (CKA_SENSITIVE, CKA_PRIVATE, CKA_DERIVE,
// CKA_WRAP, CKA_UNWRAP, dates, subjects ...) are not looked at: pkcs11-tool, NSS and others send them with
// any value and do not mean it. CKA_EXTRACTABLE=TRUE is logged.
namespace nethsm::token {

// What all templates of keys must keep to: their class, its attributes and their forms, and nothing that a
// key on the NetHSM cannot promise (CKR_TEMPLATE_INCONSISTENT: it can always be changed and destroyed by an
// administrator, and does not ask for a login of its own).
Status check_key_template(const Template& key, CK_OBJECT_CLASS object_class);

// CKR_TEMPLATE_INCONSISTENT if the template says another CKA_KEY_TYPE; saying nothing is fine.
Status check_key_type(const Template& key, CK_KEY_TYPE expected);

// Without CKA_TOKEN=TRUE a key is a session object.
Result<bool> is_session_key(const Template& key);

// Which NetHSM mechanisms the key gets. CKA_SIGN, CKA_DECRYPT and CKA_ENCRYPT decide: if one is true, those
// that are true; else all but the false ones. Raw RSA only if CKA_ALLOWED_MECHANISMS has CKM_RSA_X_509; a
// list there limits the others, too. CKR_TEMPLATE_INCONSISTENT if nothing is left.
Result<api::Mechanisms> mechanisms_for(api::KeyType type, const Template& key);

// For which mechanisms a public key without a private one is taken: those that CKA_VERIFY and CKA_ENCRYPT do
// not refuse and CKA_ALLOWED_MECHANISMS, if it is there, has.
Result<api::Mechanisms> mechanisms_for_public_key(api::KeyType type, const Template& key);

// The curve that CKA_EC_PARAMS name: Ed25519, also without any, or else one for ECDSA.
// CKR_TEMPLATE_INCOMPLETE, CKR_DOMAIN_PARAMS_INVALID for what is no Parameters of ANSI X9.62,
// CKR_CURVE_NOT_SUPPORTED for other curves.
Result<api::KeyType> curve_type(std::optional<ByteView> ec_params, bool edwards);

// How a new key will be called. The first template wins over the second; an application may give neither an
// id nor, on servers without labels, a label: then the id is empty, and the caller makes one up.
struct KeyName {
  std::string id;
  std::string label;
  bool label_is_local = false;  // the server cannot store it
};
Result<KeyName> name_for(const Template& first, const Template& second, bool server_has_labels);

// CKF_SIGN, CKF_VERIFY, CKF_ENCRYPT, CKF_DECRYPT as far as the attributes for them are there and false.
Result<CK_FLAGS> refused_uses(const Template& secret);

// CKR_ATTRIBUTE_VALUE_INVALID with the reason if no NetHSM key can be called so.
Result<std::string> checked_key_id(ByteView cka_id);
Result<std::string> checked_label(ByteView cka_label);  // of servers with labels

}  // namespace nethsm::token
