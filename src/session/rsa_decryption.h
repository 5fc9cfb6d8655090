// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/secret.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "token/error.h"

namespace nethsm::session {

// The decryption of one RSA ciphertext. The length of the plaintext shows only after the device has done its
// work, so a plaintext that did not fit the caller's buffer is kept (and wiped in the end) for the next try:
// the device decrypts a ciphertext once.
class RsaDecryption {
 public:
  using Device = std::function<token::Result<SecretBytes>(ByteView ciphertext)>;

  // `ciphertext_length` is the modulus length in bytes; the plaintext has at most `max_output` bytes.
  RsaDecryption(std::size_t ciphertext_length, std::size_t max_output, Device device);

  token::Result<Progress> one_shot(const Input& ciphertext, const Output& plaintext);
  token::Result<Progress> update(const Input& part, const Output& plaintext);
  token::Result<Progress> finish(const Output& plaintext);

 private:
  token::Result<Progress> deliver(ByteView ciphertext, const Output& plaintext);

  std::size_t ciphertext_length_;
  std::size_t max_output_;
  Device device_;
  Bytes collected_;  // of a multi-part decryption
  struct Known {
    Bytes ciphertext;
    SecretBytes plaintext;
  };
  std::optional<Known> known_;
};

}  // namespace nethsm::session
