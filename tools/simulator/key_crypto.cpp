// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_crypto.h"

#include "simulator/key_crypto_aes.h"
#include "simulator/key_crypto_ec.h"
#include "simulator/key_crypto_rsa.h"

namespace nethsm::simulator {

Bytes sign(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> message) {
  if (key.type() == KeyType::kGeneric) throw KeyRefused("Generic keys can't sign.");
  if (!fits(key.type(), mechanism)) throw KeyRefused("invalid sign mode");
  switch (mechanism.scheme) {
    case Scheme::kRsaPkcs1:
      return rsa_sign_pkcs1(key, message);
    case Scheme::kRsaPss:
      return rsa_sign_pss(key, mechanism.digest, message);
    case Scheme::kEdDsa:
      return eddsa_sign(key, message);
    case Scheme::kEcdsa:
      return ecdsa_sign(key, message);
    case Scheme::kBip340:
      return bip340_sign(key, message);
    default:
      throw KeyRefused("invalid sign mode");
  }
}

Bytes decrypt(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> encrypted,
              const std::optional<Bytes>& iv) {
  if (key.type() == KeyType::kGeneric) {
    if (mechanism.scheme != Scheme::kAesCbc) throw KeyRefused("decrypt mode not supported by Generic key");
    if (!iv) throw KeyRefused("AES-CBC decrypt requires IV");
    return aes_cbc(AesDirection::kDecrypt, key.values().data, *iv, encrypted);
  }
  if (key.type() != KeyType::kRsa) throw KeyRefused("Decryption only supported for RSA and Generic keys.");
  switch (mechanism.scheme) {
    case Scheme::kRsaRaw:
      return rsa_decrypt_raw(key, encrypted);
    case Scheme::kRsaPkcs1:
      return rsa_decrypt_pkcs1(key, encrypted);
    case Scheme::kRsaOaep:
      return rsa_decrypt_oaep(key, mechanism.digest, encrypted);
    default:
      throw KeyRefused("Decryption failure");
  }
}

Encrypted encrypt(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> message,
                  const std::optional<Bytes>& iv) {
  if (key.type() != KeyType::kGeneric || mechanism.scheme != Scheme::kAesCbc) {
    throw KeyRefused("Encryption only supported for Generic keys.");
  }
  Encrypted result;
  result.iv = iv ? *iv : random_iv();
  result.data = aes_cbc(AesDirection::kEncrypt, key.values().data, result.iv, message);
  return result;
}

}  // namespace nethsm::simulator
