// SPDX-License-Identifier: Apache-2.0
#include "session/cbc_operation.h"

#include <algorithm>
#include <utility>

namespace nethsm::session {
namespace {

// Bytes per request: in base64 still below the 1 MiB that the oldest devices take.
constexpr std::size_t kChunk = std::size_t{512} * 1024;
static_assert(kChunk % CbcOperation::kBlock == 0);

ByteView view(const SecretBytes& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

CbcOperation::CbcOperation(Direction direction, const Iv& iv, Device device)
    : direction_(direction), iv_(iv), device_(std::move(device)) {}

token::Result<Progress> CbcOperation::one_shot(const Input& data, const Output& out) {
  const ByteView input = TRY(Input(data));
  TRY(whole_blocks(input.size()));
  if (!TRY(out.takes(input.size()))) return Progress::kSizeQuery;
  out.write(view(TRY(transform(input))));
  return Progress::kFinished;
}

token::Result<Progress> CbcOperation::update(const Input& part, const Output& out) {
  const ByteView input = TRY(Input(part));
  const std::size_t total = pending_.size() + input.size();
  const std::size_t ready = total - total % kBlock;
  if (!TRY(out.takes(ready))) return Progress::kSizeQuery;

  SecretBytes blocks = pending_;
  blocks.insert(blocks.end(), input.begin(), input.end());
  pending_.assign(blocks.begin() + static_cast<std::ptrdiff_t>(ready), blocks.end());
  out.write(view(TRY(transform(view(blocks).first(ready)))));
  return Progress::kContinues;
}

token::Result<Progress> CbcOperation::finish(const Output& out) {
  TRY(whole_blocks(pending_.size()));
  if (!TRY(out.takes(0))) return Progress::kSizeQuery;
  return Progress::kFinished;
}

token::Status CbcOperation::whole_blocks(std::size_t size) const {
  if (size % kBlock == 0) return Ok{};
  return token::fail(
      direction_ == Direction::kEncrypt ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE,
      "CKM_AES_CBC takes whole blocks of 16 bytes; pad the data, there is no CKM_AES_CBC_PAD on the device");
}

token::Result<SecretBytes> CbcOperation::transform(ByteView blocks) {
  SecretBytes result;
  result.reserve(blocks.size());
  while (!blocks.empty()) {
    const ByteView chunk = blocks.first(std::min(blocks.size(), kChunk));
    const SecretBytes transformed = TRY(request(chunk));
    result.insert(result.end(), transformed.begin(), transformed.end());
    blocks = blocks.subspan(chunk.size());
  }
  return result;
}

token::Result<SecretBytes> CbcOperation::request(ByteView blocks) {
  SecretBytes transformed = TRY(device_(blocks, iv_));
  if (transformed.size() != blocks.size()) {
    return token::fail(CKR_DEVICE_ERROR,
                       "the device answered an AES-CBC request with another number of bytes");
  }
  const ByteView ciphertext = direction_ == Direction::kEncrypt ? view(transformed) : blocks;
  const ByteView last = ciphertext.last(kBlock);
  std::copy(last.begin(), last.end(), iv_.begin());
  return transformed;
}

}  // namespace nethsm::session
