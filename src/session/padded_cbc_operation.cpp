// SPDX-License-Identifier: Apache-2.0
#include "session/padded_cbc_operation.h"

#include <algorithm>

#include "crypto/block_padding.h"

namespace nethsm::session {
namespace {

constexpr std::size_t kBlock = CbcChain::kBlock;

// Takes all but the first `size` bytes off `blocks`.
SecretBytes split(SecretBytes& blocks, std::size_t size) {
  const auto at = blocks.begin() + static_cast<std::ptrdiff_t>(size);
  SecretBytes rest(at, blocks.end());
  blocks.erase(at, blocks.end());
  return rest;
}

token::Result<SecretBytes> without_padding(SecretBytes blocks) {
  const auto padding = crypto::block_padding_size(ByteView(blocks).last(kBlock));
  if (!padding) return token::fail(CKR_ENCRYPTED_DATA_INVALID, "CKM_AES_CBC_PAD: there is no valid padding");
  blocks.resize(blocks.size() - *padding);
  return blocks;
}

}  // namespace

token::Result<Progress> PaddedCbcEncryption::one_shot(const Input& data, const Output& out) {
  const ByteView input = TRY(Input(data));
  if (!TRY(out.takes((input.size() / kBlock + 1) * kBlock))) return Progress::kSizeQuery;
  SecretBytes padded(input.begin(), input.end());
  append(padded, crypto::block_padding(input.size(), kBlock));
  out.write(TRY(chain_.transform(padded)));
  return Progress::kFinished;
}

token::Result<Progress> PaddedCbcEncryption::update(const Input& part, const Output& out) {
  const ByteView input = TRY(Input(part));
  const std::size_t ready = (pending_.size() + input.size()) / kBlock * kBlock;
  if (!TRY(out.takes(ready))) return Progress::kSizeQuery;
  SecretBytes blocks = std::move(pending_);
  append(blocks, input);
  pending_ = split(blocks, ready);
  out.write(TRY(chain_.transform(blocks)));
  return Progress::kContinues;
}

token::Result<Progress> PaddedCbcEncryption::finish(const Output& out) {
  if (!TRY(out.takes(kBlock))) return Progress::kSizeQuery;
  append(pending_, crypto::block_padding(pending_.size(), kBlock));
  out.write(TRY(chain_.transform(pending_)));
  return Progress::kFinished;
}

token::Result<Progress> PaddedCbcDecryption::one_shot(const Input& data, const Output& out) {
  return deliver(TRY(Input(data)), out);
}

token::Result<Progress> PaddedCbcDecryption::update(const Input& part, const Output& out) {
  const ByteView input = TRY(Input(part));
  const std::size_t total = pending_.size() + input.size();
  const std::size_t ready = total == 0 ? 0 : (total - 1) / kBlock * kBlock;
  if (!TRY(out.takes(ready))) return Progress::kSizeQuery;
  SecretBytes blocks = std::move(pending_);
  append(blocks, input);
  pending_ = split(blocks, ready);
  out.write(TRY(chain_.transform(blocks)));
  return Progress::kContinues;
}

token::Result<Progress> PaddedCbcDecryption::finish(const Output& out) { return deliver(pending_, out); }

token::Result<Progress> PaddedCbcDecryption::deliver(ByteView ciphertext, const Output& out) {
  if (ciphertext.empty() || ciphertext.size() % kBlock != 0) {
    return token::fail(CKR_ENCRYPTED_DATA_LEN_RANGE,
                       "CKM_AES_CBC_PAD: a ciphertext is one or more whole blocks of 16 bytes");
  }
  if (!known_ || !std::ranges::equal(known_->ciphertext, ciphertext)) {
    if (out.is_size_query()) {
      TRY(out.takes(ciphertext.size()));
      return Progress::kSizeQuery;
    }
    CbcChain chain = chain_;  // another try with another ciphertext begins with the same IV
    SecretBytes blocks = TRY(chain.transform(ciphertext));
    auto plaintext = TRY(without_padding(std::move(blocks)));
    known_ = Known{to_bytes(ciphertext), std::move(plaintext)};
  }
  if (!TRY(out.takes(known_->plaintext.size()))) return Progress::kSizeQuery;
  out.write(known_->plaintext);
  return Progress::kFinished;
}

}  // namespace nethsm::session
