// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/error.h"

// RSA paddings (RFC 8017) for what the device cannot pad itself: the module pads or unpads, the device does
// the raw operation. Blocks have the length of the modulus.
namespace nethsm::crypto {

struct PssParameters {
  DigestAlgorithm digest;   // of the message
  DigestAlgorithm mgf;      // of the mask
  std::size_t salt_length;  // bytes
};

struct OaepParameters {
  DigestAlgorithm digest;  // of the label
  DigestAlgorithm mgf;
  ByteView label = {};
};

// §9.2, EMSA-PKCS1-v1_5, around what stands after the padding: 00 01 FF.. 00 encoded. Empty if it does not
// fit.
Bytes pkcs1_encode(ByteView encoded, std::size_t modulus_bytes);
// What it says; in the block. nullopt if it is not well-formed.
std::optional<ByteView> pkcs1_decode(ByteView block);

// §9.1.1, EMSA-PSS: the block to be raised to the private exponent, led by zeros where the modulus has bits
// to spare. The caller draws the salt.
Result<Bytes> pss_encode(const PssParameters& parameters, ByteView digest, ByteView salt,
                         std::size_t modulus_bits);

// What a decrypted block holds. The time that is taken tells nothing about a block but whether it was
// well-formed, and all ways of not being well-formed are one; the caller must answer with one code, too
// (§7.1.2, §7.2.2).
Result<SecretBytes> oaep_unpad(const OaepParameters& parameters, ByteView block);
Result<SecretBytes> pkcs1_unpad(ByteView block);

// Bytes of the longest message; 0 if the modulus is too short for any.
constexpr std::size_t oaep_capacity(DigestAlgorithm digest, std::size_t modulus_bytes) {
  const std::size_t overhead = 2 * digest_size(digest) + 2;
  return modulus_bytes > overhead ? modulus_bytes - overhead : 0;
}
constexpr std::size_t pkcs1_capacity(std::size_t modulus_bytes) {
  return modulus_bytes > 11 ? modulus_bytes - 11 : 0;
}

}  // namespace nethsm::crypto
