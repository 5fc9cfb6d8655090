// SPDX-License-Identifier: Apache-2.0
#include "session/cbc_chain.h"

#include <algorithm>
#include <utility>

namespace nethsm::session {
namespace {

// Bytes per request: in base64 still below the 1 MiB that the oldest devices take.
constexpr std::size_t kChunk = std::size_t{512} * 1024;
static_assert(kChunk % CbcChain::kBlock == 0);

}  // namespace

CbcChain::CbcChain(Direction direction, const Iv& iv, Device device)
    : direction_(direction), iv_(iv), device_(std::move(device)) {}

token::Result<SecretBytes> CbcChain::transform(ByteView blocks) {
  SecretBytes result;
  result.reserve(blocks.size());
  while (!blocks.empty()) {
    const ByteView chunk = blocks.first(std::min(blocks.size(), kChunk));
    const SecretBytes transformed = TRY(request(chunk));
    append(result, transformed);
    blocks = blocks.subspan(chunk.size());
  }
  return result;
}

token::Result<SecretBytes> CbcChain::request(ByteView blocks) {
  SecretBytes transformed = TRY(device_(blocks, iv_));
  if (transformed.size() != blocks.size()) {
    return token::fail(CKR_DEVICE_ERROR,
                       "the device answered an AES-CBC request with another number of bytes");
  }
  const ByteView ciphertext = direction_ == Direction::kEncrypt ? ByteView(transformed) : blocks;
  const ByteView last = ciphertext.last(kBlock);
  std::copy(last.begin(), last.end(), iv_.begin());
  return transformed;
}

CbcChain::Device cbc_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key) {
  return [token = std::move(token), key = std::move(key)](ByteView blocks,
                                                          ByteView iv) -> token::Result<SecretBytes> {
    const Bytes ciphertext = TRY(token->encrypt(*key, api::Mechanism::kAesEncryptionCbc, blocks, iv));
    return SecretBytes(ciphertext.begin(), ciphertext.end());
  };
}

CbcChain::Device cbc_decryption(std::shared_ptr<token::Token> token, token::ObjectPtr key) {
  return [token = std::move(token), key = std::move(key)](ByteView blocks, ByteView iv) {
    return token->decrypt(*key, api::Mechanism::kAesDecryptionCbc, blocks, iv);
  };
}

}  // namespace nethsm::session
