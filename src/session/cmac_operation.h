// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session/cbc_chain.h"
#include "session/operation_slot.h"
#include "session/output.h"

// CKM_AES_CMAC and CKM_AES_CMAC_GENERAL (PKCS#11 v3.2 §6.13.9; NIST SP 800-38B): CBC without the ciphertext,
// but for the last block, which is mixed with a subkey that follows from one block of zeros. Two requests for
// a message that fits into one, and one for each further piece.
namespace nethsm::session {

class Cmac {
 public:
  explicit Cmac(CbcChain::Device encryption);

  token::Status add(ByteView part);
  token::Result<Bytes> finish();  // a block

 private:
  token::Result<CbcChain::Iv> subkey(bool of_whole_block);

  CbcChain::Device encryption_;
  CbcChain chain_;
  SecretBytes pending_;  // ends with what may be the last block
};

class CmacSigning {
 public:
  CmacSigning(std::size_t length, CbcChain::Device encryption);

  token::Result<Progress> one_shot(const Input& data, const Output& signature);
  token::Result<Progress> update(const Input& part);
  token::Result<Progress> finish(const Output& signature);

 private:
  std::size_t length_;  // bytes that are shown
  Cmac cmac_;
};

}  // namespace nethsm::session
