// SPDX-License-Identifier: Apache-2.0
#include <openssl/rsa.h>

#include <bit>

#include "crypto/der.h"
#include "crypto/openssl_key.h"
#include "crypto/public_operations.h"

namespace nethsm::crypto {
namespace {

// `padding` sets the padding and what belongs to it; 1: done.
template <class Padding>
Result<Bytes> encrypt(const RsaPublicKey& key, ByteView message, Padding&& padding) {
  const Key made = TRY(openssl_key(key));
  const KeyContext context = TRY(context_for(made));
  Bytes encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(made.get())));
  std::size_t size = encrypted.size();
  if (EVP_PKEY_encrypt_init(context.get()) != 1 || !padding(context.get()) ||
      EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, message.data(), message.size()) != 1 ||
      size != encrypted.size()) {
    return openssl_failure("cannot encrypt with an RSA key");
  }
  return encrypted;
}

bool set_oaep(EVP_PKEY_CTX* context, const OaepParameters& parameters) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, openssl_digest(parameters.digest)) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, openssl_digest(parameters.mgf)) != 1) {
    return false;
  }
  if (parameters.label.empty()) return true;
  void* copy = OPENSSL_memdup(parameters.label.data(), parameters.label.size());
  // Takes the copy over if it succeeds.
  const bool done = copy != nullptr && EVP_PKEY_CTX_set0_rsa_oaep_label(
                                           context, copy, static_cast<int>(parameters.label.size())) == 1;
  if (!done) OPENSSL_free(copy);
  return done;
}

}  // namespace

Result<Bytes> encrypt_rsa_pkcs1(const RsaPublicKey& key, ByteView message) {
  const ErrorQueueGuard guard;
  if (message.size() > pkcs1_capacity(key.modulus.size()))
    return fail("the message is too long for the RSA key");
  return encrypt(key, message, [](EVP_PKEY_CTX* context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  });
}

Result<Bytes> encrypt_rsa_oaep(const RsaPublicKey& key, const OaepParameters& parameters, ByteView message) {
  const ErrorQueueGuard guard;
  if (key.modulus.size() < 2 * digest_size(parameters.digest) + 2 ||
      message.size() > oaep_capacity(parameters.digest, key.modulus.size())) {
    return fail("the message is too long for the RSA key");
  }
  return encrypt(key, message, [&](EVP_PKEY_CTX* context) { return set_oaep(context, parameters); });
}

Result<Bytes> encrypt_rsa_raw(const RsaPublicKey& key, ByteView block) {
  const ErrorQueueGuard guard;
  if (block.size() > key.modulus.size()) return fail("the block is longer than the modulus");
  Bytes padded(key.modulus.size() - block.size(), 0);
  padded.insert(padded.end(), block.begin(), block.end());
  return encrypt(key, padded, [](EVP_PKEY_CTX* context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1;
  });
}

std::size_t modulus_bits(const RsaPublicKey& key) {
  const ByteView number = der::without_leading_zeros(key.modulus);
  if (number.empty()) return 0;
  return (number.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(number.front()));
}

}  // namespace nethsm::crypto
