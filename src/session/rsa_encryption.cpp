// SPDX-License-Identifier: Apache-2.0
#include "session/rsa_encryption.h"

#include <utility>

#include "crypto/public_operations.h"

namespace nethsm::session {
namespace {

using Padding = token::RsaCipher::Padding;

crypto::Result<Bytes> encrypted(const token::RsaCipher& cipher, const crypto::RsaPublicKey& key,
                                ByteView message) {
  switch (cipher.padding) {
    case Padding::kPkcs1:
      return crypto::encrypt_rsa_pkcs1(key, message);
    case Padding::kOaep:
      return crypto::encrypt_rsa_oaep(key, cipher.oaep.parameters(), message);
    case Padding::kNone:
      break;
  }
  return crypto::encrypt_rsa_raw(key, message);
}

}  // namespace

RsaEncryption::RsaEncryption(token::RsaCipher cipher, crypto::RsaPublicKey key)
    : cipher_(std::move(cipher)), key_(std::move(key)) {}

token::Result<Progress> RsaEncryption::one_shot(const Input& data, const Output& out) {
  const ByteView message = TRY(Input(data));
  TRY(check_length(message.size()));
  if (!TRY(out.takes(cipher_.modulus))) return Progress::kSizeQuery;
  out.write(TRY(encrypt(message)));
  return Progress::kFinished;
}

token::Result<Progress> RsaEncryption::update(const Input& part, const Output& out) {
  const ByteView message = TRY(Input(part));
  TRY(check_length(collected_.size() + message.size()));
  if (!TRY(out.takes(0))) return Progress::kSizeQuery;  // everything comes with the end
  append(collected_, message);
  return Progress::kContinues;
}

token::Result<Progress> RsaEncryption::finish(const Output& out) {
  if (!TRY(out.takes(cipher_.modulus))) return Progress::kSizeQuery;
  out.write(TRY(encrypt(collected_)));
  return Progress::kFinished;
}

token::Status RsaEncryption::check_length(std::size_t size) const {
  if (size <= cipher_.max_plain) return Ok{};
  return token::fail(CKR_DATA_LEN_RANGE, "the data is too long for the mechanism and the key");
}

token::Result<Bytes> RsaEncryption::encrypt(ByteView message) const {
  auto result = encrypted(cipher_, key_, message);
  if (result) return std::move(*result);
  // Without a padding the data may be a number that is not below the modulus.
  return token::fail(cipher_.padding == Padding::kNone ? CKR_DATA_INVALID : CKR_FUNCTION_FAILED,
                     std::move(result).error().message);
}

}  // namespace nethsm::session
