// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/openssl_handles.h"
#include "crypto/public_key.h"

// Public keys as OpenSSL's objects, for the .cpp files of this folder only. To be called under an
// ErrorQueueGuard.
namespace nethsm::crypto {

// Fail for a key that makes no sense: a point that is not on its curve, an even or overlong modulus.
Result<Key> openssl_key(const RsaPublicKey& key);
Result<Key> openssl_key(const EcPublicKey& key);

Result<KeyContext> context_for(const Key& key);

}  // namespace nethsm::crypto
