// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session/cbc_chain.h"
#include "session/operation_slot.h"
#include "session/output.h"

namespace nethsm::session {

// CKM_AES_CBC in either direction (PKCS#11 v3.2 §6.13.5): no padding, so whole blocks only over the whole of
// the input. Every complete block is handed to the device at once and returned at once. Sizes are known
// beforehand, so that size queries and short buffers consume nothing.
class CbcOperation {
 public:
  static constexpr std::size_t kBlock = CbcChain::kBlock;

  explicit CbcOperation(CbcChain chain) : chain_(std::move(chain)) {}

  token::Result<Progress> one_shot(const Input& data, const Output& out);
  token::Result<Progress> update(const Input& part, const Output& out);
  token::Result<Progress> finish(const Output& out);

 private:
  token::Status whole_blocks(std::size_t size) const;

  CbcChain chain_;
  SecretBytes pending_;  // less than a block
};

}  // namespace nethsm::session
