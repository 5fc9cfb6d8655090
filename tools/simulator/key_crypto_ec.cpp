// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_crypto_ec.h"

namespace nethsm::simulator {

Bytes ecdsa_sign(const KeyMaterial& key, std::span<const std::uint8_t> digest) {
  if (digest.size() != digest_bytes(key_type_row(key.type()).digest)) {
    throw KeyRefused("digested data of invalid size");
  }
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key.pkey(), nullptr));
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.pkey())));
  std::size_t size = signature.size();
  require(context && EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1,
          "ECDSA signature");
  signature.resize(size);
  return signature;
}

Bytes eddsa_sign(const KeyMaterial& key, std::span<const std::uint8_t> message) {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  Bytes signature(64);
  std::size_t size = signature.size();
  require(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.pkey()) == 1 &&
              EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
          "EdDSA signature");
  return signature;
}

}  // namespace nethsm::simulator
