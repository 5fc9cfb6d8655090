// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "crypto/curves.h"
#include "crypto/public_key.h"
#include "nethsm/key.h"

// NetHSM keys in terms of curves, moduli and X.509.
namespace nethsm::token {

struct CurveFacts {
  api::KeyType type;
  crypto::Curve curve;
  std::size_t device_digest;  // bytes that the device takes for an ECDSA signature; 0: not an ECDSA curve
};
const CurveFacts* curve_of(api::KeyType type);  // null: not a key on a curve
std::optional<api::KeyType> key_type_of_ec_params(ByteView ec_params);

std::size_t modulus_length(const api::Key& key);  // bytes; 0 for all but RSA keys
std::size_t modulus_bits(const api::Key& key);    // likewise

crypto::RsaPublicKey rsa_public_key(const api::Key& key);  // empty for all but RSA keys
// nullopt for keys without a public part.
std::optional<crypto::PublicKey> public_key(const api::Key& key);

// DER SubjectPublicKeyInfo; empty for keys without a public part.
Bytes public_key_info(const api::Key& key);

}  // namespace nethsm::token
