// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulator/base64.h"
#include "simulator/key_types.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {

// The server's refusal of key material or of a cryptographic request; what() is its text, the status is 400.
class KeyRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The numbers or bytes of a private key as they are imported: what a client sends and what a backup keeps.
struct PrivateKeyValues {
  KeyType type = KeyType::kGeneric;
  Bytes prime_p, prime_q, public_exponent;  // RSA, big-endian
  Bytes data;  // EC: scalar of the field's width; Curve25519: seed; Generic: the key itself
};

// A complete key. Immutable, so threads share it without locks; OpenSSL's objects in it are ready to use.
class KeyMaterial {
 public:
  // A client's values. Throws KeyRefused.
  static std::shared_ptr<const KeyMaterial> import_values(PrivateKeyValues values);
  // Our own values, just generated or out of a backup: saves the slow test of the primes.
  static std::shared_ptr<const KeyMaterial> load_values(PrivateKeyValues values);

  KeyType type() const { return values_.type; }
  const PrivateKeyValues& values() const { return values_; }

  EVP_PKEY* pkey() const { return pkey_.get(); }            // null for Generic
  const BIGNUM* modulus() const { return modulus_.get(); }  // RSA
  std::size_t modulus_bits() const { return static_cast<std::size_t>(BN_num_bits(modulus_.get())); }
  std::size_t modulus_bytes() const { return (modulus_bits() + 7) / 8; }

  // The member "public" of the key's description as JSON text, empty for Generic.
  const std::string& public_json() const { return public_json_; }
  std::string public_pem() const;  // SubjectPublicKeyInfo; throws KeyRefused for Generic

 private:
  enum class Trust { kCheck, kTrusted };
  explicit KeyMaterial(PrivateKeyValues values) : values_(std::move(values)) {}
  static std::shared_ptr<const KeyMaterial> create(PrivateKeyValues values, Trust trust);
  void prepare_rsa(Trust trust);
  void prepare_weierstrass();
  void prepare_curve25519();

  PrivateKeyValues values_;
  EvpPkeyPtr pkey_;
  BnPtr modulus_;
  std::string public_json_;
};

using KeyMaterialPtr = std::shared_ptr<const KeyMaterial>;

// A new random key. `bits` counts for RSA (1024..8192, e = 65537) and Generic (128..8192) only. RSA takes
// long.
KeyMaterialPtr generate_key(KeyType type, std::size_t bits);

// The one private key in PEM text: PKCS#1, SEC 1 or PKCS#8, unencrypted. Throws KeyRefused.
PrivateKeyValues parse_private_key_pem(std::string_view pem);

}  // namespace nethsm::simulator
