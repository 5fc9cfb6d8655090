// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "session/cbc_chain.h"
#include "session/operation_slot.h"
#include "session/output.h"

// CKM_AES_CBC_PAD (PKCS#11 v3.2 §6.13.6): the device's AES-CBC with a padding that the module adds and takes
// off.
namespace nethsm::session {

// Every complete block is encrypted and returned at once, the padded rest at the end. Sizes are known
// beforehand.
class PaddedCbcEncryption {
 public:
  explicit PaddedCbcEncryption(CbcChain chain) : chain_(std::move(chain)) {}

  token::Result<Progress> one_shot(const Input& data, const Output& out);
  token::Result<Progress> update(const Input& part, const Output& out);
  token::Result<Progress> finish(const Output& out);

 private:
  CbcChain chain_;
  SecretBytes pending_;  // less than a block
};

// The last block is held back until the end, which alone shows that it is the last. How much of it is padding
// shows only after the device has done its work: what did not fit the caller's buffer is kept for the next
// try. A size query is answered with the most there can be.
class PaddedCbcDecryption {
 public:
  explicit PaddedCbcDecryption(CbcChain chain) : chain_(std::move(chain)) {}

  token::Result<Progress> one_shot(const Input& data, const Output& out);
  token::Result<Progress> update(const Input& part, const Output& out);
  token::Result<Progress> finish(const Output& out);

 private:
  token::Result<Progress> deliver(ByteView ciphertext, const Output& out);

  CbcChain chain_;
  SecretBytes pending_;  // a block at most
  struct Known {
    Bytes ciphertext;
    SecretBytes plaintext;
  };
  std::optional<Known> known_;
};

}  // namespace nethsm::session
