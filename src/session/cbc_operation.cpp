// SPDX-License-Identifier: Apache-2.0
#include "session/cbc_operation.h"

namespace nethsm::session {

token::Result<Progress> CbcOperation::one_shot(const Input& data, const Output& out) {
  const ByteView input = TRY(Input(data));
  TRY(whole_blocks(input.size()));
  if (!TRY(out.takes(input.size()))) return Progress::kSizeQuery;
  out.write(TRY(chain_.transform(input)));
  return Progress::kFinished;
}

token::Result<Progress> CbcOperation::update(const Input& part, const Output& out) {
  const ByteView input = TRY(Input(part));
  const std::size_t total = pending_.size() + input.size();
  const std::size_t ready = total - total % kBlock;
  if (!TRY(out.takes(ready))) return Progress::kSizeQuery;

  SecretBytes blocks = pending_;
  append(blocks, input);
  pending_.assign(blocks.begin() + static_cast<std::ptrdiff_t>(ready), blocks.end());
  out.write(TRY(chain_.transform(ByteView(blocks).first(ready))));
  return Progress::kContinues;
}

token::Result<Progress> CbcOperation::finish(const Output& out) {
  TRY(whole_blocks(pending_.size()));
  if (!TRY(out.takes(0))) return Progress::kSizeQuery;
  return Progress::kFinished;
}

token::Status CbcOperation::whole_blocks(std::size_t size) const {
  if (size % kBlock == 0) return Ok{};
  const bool encrypts = chain_.direction() == CbcChain::Direction::kEncrypt;
  return token::fail(encrypts ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE,
                     "CKM_AES_CBC takes whole blocks of 16 bytes; CKM_AES_CBC_PAD pads");
}

}  // namespace nethsm::session
