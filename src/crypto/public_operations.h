// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "crypto/error.h"
#include "crypto/public_key.h"
#include "crypto/rsa_padding.h"

// What anybody can do with a public key, done here and not on the device. Pure functions; thread-safe.
namespace nethsm::crypto {

// Verification: kForged for whatever is no signature of the input by this key, wrong lengths included. An
// Error says that nothing could be found out: the key or the parameters are unusable.
enum class Verdict : bool { kForged, kGenuine };

// RSASSA-PKCS1-v1_5 on what stands after the padding: a DigestInfo, or the data of CKM_RSA_PKCS.
Result<Verdict> verify_rsa_pkcs1(const RsaPublicKey& key, ByteView encoded, ByteView signature);
Result<Verdict> verify_rsa_pss(const RsaPublicKey& key, const PssParameters& parameters, ByteView digest,
                               ByteView signature);
// `signature`: r||s. A digest longer than the group order is cut (FIPS 186-5 §6.4.2).
Result<Verdict> verify_ecdsa(const EcPublicKey& key, ByteView digest, ByteView signature);
Result<Verdict> verify_ed25519(const EcPublicKey& key, ByteView message, ByteView signature);
// BIP-340: of a message of any length; only the x of the point counts.
Result<Verdict> verify_bip340(const EcPublicKey& key, ByteView message, ByteView signature);

// Encryption: the length of the result is that of the modulus.
Result<Bytes> encrypt_rsa_pkcs1(const RsaPublicKey& key, ByteView message);
Result<Bytes> encrypt_rsa_oaep(const RsaPublicKey& key, const OaepParameters& parameters, ByteView message);
// A number below the modulus, at its length or shorter: zeros are put in front (PKCS#11 v3.2 §6.1.10).
Result<Bytes> encrypt_rsa_raw(const RsaPublicKey& key, ByteView block);

// Bits of the modulus.
std::size_t modulus_bits(const RsaPublicKey& key);

}  // namespace nethsm::crypto
