// SPDX-License-Identifier: Apache-2.0
#include "session/rsa_decryption.h"

#include <algorithm>
#include <utility>

namespace nethsm::session {

RsaDecryption::RsaDecryption(std::size_t ciphertext_length, std::size_t max_output, Device device)
    : ciphertext_length_(ciphertext_length), max_output_(max_output), device_(std::move(device)) {}

token::Result<Progress> RsaDecryption::one_shot(const Input& ciphertext, const Output& plaintext) {
  return deliver(TRY(Input(ciphertext)), plaintext);
}

token::Result<Progress> RsaDecryption::update(const Input& part, const Output& plaintext) {
  const ByteView input = TRY(Input(part));
  if (input.size() > ciphertext_length_ - collected_.size()) {
    return token::fail(CKR_ENCRYPTED_DATA_LEN_RANGE, "more ciphertext than the modulus is long");
  }
  if (!TRY(plaintext.takes(0))) return Progress::kSizeQuery;  // everything comes with the end
  collected_.insert(collected_.end(), input.begin(), input.end());
  return Progress::kContinues;
}

token::Result<Progress> RsaDecryption::finish(const Output& plaintext) {
  // After C_DecryptInit and no data there is nothing to decrypt, which is no error.
  if (collected_.empty()) {
    if (!TRY(plaintext.takes(0))) return Progress::kSizeQuery;
    return Progress::kFinished;
  }
  return deliver(collected_, plaintext);
}

token::Result<Progress> RsaDecryption::deliver(ByteView ciphertext, const Output& plaintext) {
  if (ciphertext.size() != ciphertext_length_) {
    return token::fail(CKR_ENCRYPTED_DATA_LEN_RANGE, "an RSA ciphertext is as long as the modulus");
  }
  const bool known = known_ && std::ranges::equal(known_->ciphertext, ciphertext);
  if (!known) {
    if (plaintext.is_size_query()) {
      TRY(plaintext.takes(max_output_));
      return Progress::kSizeQuery;
    }
    SecretBytes decrypted = TRY(device_(ciphertext));
    known_ = Known{to_bytes(ciphertext), std::move(decrypted)};
  }
  if (!TRY(plaintext.takes(known_->plaintext.size()))) return Progress::kSizeQuery;
  plaintext.write({known_->plaintext.data(), known_->plaintext.size()});
  return Progress::kFinished;
}

}  // namespace nethsm::session
