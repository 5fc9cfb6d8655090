// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret.h"
#include "crypto/public_key.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "token/plans.h"

namespace nethsm::session {

// RSA encryption with the public key, done here. The ciphertext is as long as the modulus, so that size
// queries and short buffers consume nothing.
class RsaEncryption {
 public:
  RsaEncryption(token::RsaCipher cipher, crypto::RsaPublicKey key);

  token::Result<Progress> one_shot(const Input& data, const Output& out);
  token::Result<Progress> update(const Input& part, const Output& out);
  token::Result<Progress> finish(const Output& out);

 private:
  token::Status check_length(std::size_t size) const;
  token::Result<Bytes> encrypt(ByteView message) const;

  token::RsaCipher cipher_;
  crypto::RsaPublicKey key_;
  SecretBytes collected_;
};

}  // namespace nethsm::session
