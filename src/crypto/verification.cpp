// SPDX-License-Identifier: Apache-2.0
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/context.h"
#include "crypto/ecdsa.h"
#include "crypto/openssl_key.h"
#include "crypto/public_operations.h"

namespace nethsm::crypto {
namespace {

constexpr std::size_t kEd25519Signature = 64;

// OpenSSL's answers: 1 genuine, 0 not; below 0 also for what cannot even be read as a signature.
Verdict verdict(int answer) { return answer == 1 ? Verdict::kGenuine : Verdict::kForged; }

bool set_pss(EVP_PKEY_CTX* context, const PssParameters& parameters) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context, openssl_digest(parameters.digest)) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, openssl_digest(parameters.mgf)) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(parameters.salt_length)) == 1;
}

}  // namespace

Result<Verdict> verify_rsa_pkcs1(const RsaPublicKey& key, ByteView encoded, ByteView signature) {
  if (signature.size() != key.modulus.size()) return Verdict::kForged;
  const Bytes expected = pkcs1_encode(encoded, key.modulus.size());
  if (expected.empty()) return Verdict::kForged;
  // Compared as a whole rather than taken apart: no leniency in reading the padding can be used.
  auto block = encrypt_rsa_raw(key, signature);
  if (!block) {
    const ErrorQueueGuard guard;
    TRY(openssl_key(key));  // an unusable key is an error; a number beyond the modulus is a forgery
    return Verdict::kForged;
  }
  return *block == expected ? Verdict::kGenuine : Verdict::kForged;
}

Result<Verdict> verify_rsa_pss(const RsaPublicKey& key, const PssParameters& parameters, ByteView digest,
                               ByteView signature) {
  const ErrorQueueGuard guard;
  if (digest.size() != digest_size(parameters.digest))
    return fail("PSS: the digest has not the length of its algorithm");
  if (parameters.salt_length > key.modulus.size()) return Verdict::kForged;
  const Key made = TRY(openssl_key(key));
  const KeyContext context = TRY(context_for(made));
  if (EVP_PKEY_verify_init(context.get()) != 1 || !set_pss(context.get(), parameters)) {
    return openssl_failure("cannot verify a PSS signature");
  }
  return verdict(
      EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()));
}

Result<Verdict> verify_ecdsa(const EcPublicKey& key, ByteView digest, ByteView signature) {
  const ErrorQueueGuard guard;
  if (key.curve == Curve::kEd25519) return fail("ECDSA with an Ed25519 key");
  const Key made = TRY(openssl_key(key));
  if (signature.size() != 2 * order_size(key.curve)) return Verdict::kForged;
  const Bytes der = TRY(ecdsa_der_from_fixed(signature));
  const KeyContext context = TRY(context_for(made));
  if (EVP_PKEY_verify_init(context.get()) != 1) return openssl_failure("cannot verify an ECDSA signature");
  return verdict(EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()));
}

Result<Verdict> verify_ed25519(const EcPublicKey& key, ByteView message, ByteView signature) {
  const ErrorQueueGuard guard;
  if (key.curve != Curve::kEd25519) return fail("Ed25519 with a key on another curve");
  const Key made = TRY(openssl_key(key));
  if (signature.size() != kEd25519Signature) return Verdict::kForged;
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, library_context(), nullptr,
                                          made.get(), nullptr) != 1) {
    return openssl_failure("cannot verify an Ed25519 signature");
  }
  return verdict(
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()));
}

}  // namespace nethsm::crypto
