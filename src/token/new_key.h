// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nethsm/key.h"
#include "token/error.h"
#include "token/mechanisms.h"
#include "token/template.h"

// From the templates of C_GenerateKey, C_GenerateKeyPair and C_CreateObject to what the device is asked for.
// The results have no id and no label yet (key_template.h, KeyName).
namespace nethsm::token {

Result<api::NewKey> new_secret_key(const MechanismRow& generation, const Template& secret);
Result<api::NewKey> new_key_pair(const MechanismRow& generation, const Template& public_key,
                                 const Template& private_key);

// Of class CKO_PRIVATE_KEY or CKO_SECRET_KEY. Missing RSA primes are recovered from the exponents.
Result<api::ImportedKey> imported_private_key(const Template& key);
Result<api::ImportedKey> imported_secret_key(const Template& key);

// The key of a CKO_PUBLIC_KEY template, without an id and mechanisms.
Result<api::Key> public_key_from(const Template& key);

}  // namespace nethsm::token
