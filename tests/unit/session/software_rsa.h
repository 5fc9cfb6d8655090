// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/public_key.h"
#include "crypto/public_operations.h"
#include "token/error.h"

// An RSA key pair in software with the device's raw operation.
class SoftwareRsa {
 public:
  explicit SoftwareRsa(unsigned bits = 1024) : key_(EVP_RSA_gen(bits), EVP_PKEY_free) {
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key_.get(), &der);
    const auto parsed =
        nethsm::crypto::parse_public_key_info(nethsm::ByteView(der, static_cast<std::size_t>(length)));
    public_key_ = std::get<nethsm::crypto::RsaPublicKey>(*parsed);
    OPENSSL_free(der);
  }

  const nethsm::crypto::RsaPublicKey& public_key() const { return public_key_; }

  nethsm::token::Result<nethsm::SecretBytes> raw(nethsm::ByteView block) const {
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
        EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    nethsm::SecretBytes out(public_key_.modulus.size());
    std::size_t size = out.size();
    const bool done = EVP_PKEY_decrypt_init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
                      EVP_PKEY_decrypt(context.get(), out.data(), &size, block.data(), block.size()) == 1;
    if (!done) return nethsm::token::fail(CKR_ENCRYPTED_DATA_INVALID);
    return out;
  }

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  nethsm::crypto::RsaPublicKey public_key_;
};
