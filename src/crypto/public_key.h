// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "base/bytes.h"
#include "crypto/curves.h"
#include "crypto/error.h"

namespace nethsm::crypto {

struct RsaPublicKey {
  Bytes modulus;  // big-endian, no leading zero
  Bytes public_exponent;

  friend bool operator==(const RsaPublicKey&, const RsaPublicKey&) = default;
};

struct EcPublicKey {
  Curve curve;
  Bytes point;  // 04||X||Y; Ed25519: the 32 bytes of RFC 8032

  friend bool operator==(const EcPublicKey&, const EcPublicKey&) = default;
};

using PublicKey = std::variant<RsaPublicKey, EcPublicKey>;

// SubjectPublicKeyInfo (RFC 5280 §4.1), in DER: RFC 3279 §2.3.1 for RSA, RFC 5480 with a named curve for EC,
// RFC 8410 for Ed25519. The values are taken as they are.
Bytes rsa_public_key_info(ByteView modulus, ByteView public_exponent);
Bytes ec_public_key_info(Curve curve, ByteView point);
Bytes public_key_info(const PublicKey& key);

// Refuses other algorithms, explicit curve parameters, compressed points and points of a wrong length;
// whether the point is on its curve is found out when the key is used.
Result<PublicKey> parse_public_key_info(ByteView der);

}  // namespace nethsm::crypto
