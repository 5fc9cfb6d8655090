// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "nethsm/vocabulary.h"

namespace nethsm::api {

struct RsaPublic {
  Bytes modulus;          // big-endian, no leading zero
  Bytes public_exponent;  // likewise
};

// What GET /keys/{id} tells. Everything but the label and the tags stays the same for the life of the key.
struct Key {
  std::string id;
  KeyType type = KeyType::kGeneric;
  Mechanisms mechanisms;
  // RSA: RsaPublic. EC: the uncompressed point 04||X||Y. Curve25519: 32 bytes of RFC 8032. Generic: empty.
  std::variant<Bytes, RsaPublic> public_part;
  std::string label;  // empty: none
  std::vector<std::string> tags;
};

struct NewKey {
  std::string id;  // never empty: the module names its keys, so that a lost answer can be read back
  KeyType type = KeyType::kGeneric;
  Mechanisms mechanisms;
  std::size_t length = 0;  // bits; RSA and Generic
  std::string label;       // empty: none. Needs API 5.0
};

// The secret half of an import.
struct RsaPrivate {
  SecretBytes prime_p, prime_q;  // big-endian
  Bytes public_exponent;
};
struct ImportedKey {
  std::string id;
  KeyType type = KeyType::kGeneric;
  Mechanisms mechanisms;
  std::string label;
  std::variant<SecretBytes, RsaPrivate>
      private_part;  // EC scalar at field width, Ed25519 seed, Generic bytes; or RSA
};

}  // namespace nethsm::api
