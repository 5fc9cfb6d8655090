// SPDX-License-Identifier: Apache-2.0
#include "session/raw_signature.h"

#include <algorithm>
#include <utility>

#include "crypto/der.h"
#include "crypto/public_operations.h"
#include "crypto/random.h"
#include "token/key_facts.h"

namespace nethsm::session {
namespace {

using token::Scheme;

token::Error failed(crypto::Error error) { return {CKR_GENERAL_ERROR, std::move(error.message)}; }

template <class T>
token::Result<T> or_general_error(crypto::Result<T> result) {
  if (!result) return Unexpected(failed(std::move(result).error()));
  return std::move(*result);
}

Bytes at_width(ByteView number, std::size_t width) {
  Bytes block(width - number.size(), 0);
  block.insert(block.end(), number.begin(), number.end());
  return block;
}

token::Result<Bytes> padded(const token::SignaturePlan& plan, const crypto::RsaPublicKey& key,
                            ByteView message) {
  const std::size_t width = key.modulus.size();
  if (plan.scheme == Scheme::kPkcs1) return crypto::pkcs1_encode(message, width);
  if (plan.scheme == Scheme::kPss) {
    const Bytes salt = TRY(or_general_error(crypto::random_bytes(plan.pss.salt_length)));
    return or_general_error(crypto::pss_encode(plan.pss, message, salt, crypto::modulus_bits(key)));
  }
  Bytes block = at_width(message, width);
  if (block >= key.modulus) return token::fail(CKR_DATA_INVALID, "the data is not below the modulus");
  return block;
}

}  // namespace

token::Result<Bytes> sign_raw(const token::SignaturePlan& plan, const crypto::RsaPublicKey& key,
                              ByteView message, const RawRsa& device) {
  const Bytes block = TRY(padded(plan, key, message));
  const SecretBytes answer = TRY(device(block));
  const auto undone = crypto::encrypt_rsa_raw(key, answer);
  if (!undone || *undone != block) {
    return token::fail(CKR_DEVICE_ERROR, "the device's answer is not a signature of what was asked for");
  }
  return Bytes(answer.begin(), answer.end());
}

RawRsa raw_rsa(std::shared_ptr<token::Token> token, token::ObjectPtr key) {
  return [token = std::move(token), key = std::move(key)](ByteView block) -> token::Result<SecretBytes> {
    // The device fails with an error of its own on zero and one, which stay what they are.
    const ByteView number = crypto::der::without_leading_zeros(block);
    if (number.empty() || (number.size() == 1 && number.front() == 1)) {
      return SecretBytes(block.begin(), block.end());
    }
    return token->decrypt(*key, api::Mechanism::kRsaDecryptionRaw, block);
  };
}

Signing::Device raw_signer(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                           const token::SignaturePlan& plan) {
  crypto::RsaPublicKey public_key = token::rsa_public_key(key->record->key);
  return [plan, public_key = std::move(public_key),
          device = raw_rsa(std::move(token), std::move(key))](ByteView message) -> token::Result<Bytes> {
    auto signature = sign_raw(plan, public_key, message, device);
    // Said of ciphertexts, which these are not.
    if (!signature && signature.error().rv == CKR_ENCRYPTED_DATA_INVALID)
      signature.error().rv = CKR_DEVICE_ERROR;
    return signature;
  };
}

}  // namespace nethsm::session
