// SPDX-License-Identifier: Apache-2.0
#include "session/cmac_operation.h"

#include <algorithm>
#include <utility>

namespace nethsm::session {
namespace {

constexpr std::size_t kBlock = CbcChain::kBlock;
constexpr CbcChain::Iv kZeros{};
// Bytes that are collected before a request is made, besides the last block.
constexpr std::size_t kPiece = std::size_t{64} * 1024;

// Times x in GF(2^128), as SP 800-38B §6.1 makes the subkeys.
CbcChain::Iv doubled(const CbcChain::Iv& block) {
  constexpr std::uint8_t kReduction = 0x87;
  CbcChain::Iv result{};
  unsigned carry = 0;
  for (std::size_t i = kBlock; i-- > 0;) {
    const unsigned shifted = static_cast<unsigned>(block[i]) << 1 | carry;
    result[i] = static_cast<std::uint8_t>(shifted & 0xffU);
    carry = shifted >> 8;
  }
  result[kBlock - 1] ^= static_cast<std::uint8_t>(kReduction & (0U - carry));
  return result;
}

}  // namespace

Cmac::Cmac(CbcChain::Device encryption)
    : encryption_(encryption), chain_(CbcChain::Direction::kEncrypt, kZeros, std::move(encryption)) {}

token::Status Cmac::add(ByteView part) {
  while (!part.empty()) {
    const std::size_t room = kPiece + kBlock - pending_.size();
    if (room == 0) {  // and there is more, so that all of this is not the last block
      TRY(chain_.transform(pending_));
      pending_.clear();
      continue;
    }
    const ByteView now = part.first(std::min(part.size(), room));
    append(pending_, now);
    part = part.subspan(now.size());
  }
  return Ok{};
}

token::Result<Bytes> Cmac::finish() {
  const bool is_whole = !pending_.empty() && pending_.size() % kBlock == 0;
  const CbcChain::Iv mask = TRY(subkey(is_whole));
  if (!is_whole) {
    pending_.push_back(0x80);
    pending_.resize((pending_.size() + kBlock - 1) / kBlock * kBlock, 0);
  }
  std::transform(mask.begin(), mask.end(), pending_.end() - kBlock, pending_.end() - kBlock,
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
  const SecretBytes chained = TRY(chain_.transform(pending_));
  return to_bytes(ByteView(chained).last(kBlock));
}

token::Result<CbcChain::Iv> Cmac::subkey(bool of_whole_block) {
  CbcChain zeros(CbcChain::Direction::kEncrypt, kZeros, encryption_);
  const SecretBytes encrypted = TRY(zeros.transform(kZeros));
  CbcChain::Iv key{};
  std::copy(encrypted.begin(), encrypted.end(), key.begin());
  key = doubled(key);
  return of_whole_block ? key : doubled(key);
}

CmacSigning::CmacSigning(std::size_t length, CbcChain::Device encryption)
    : length_(length), cmac_(std::move(encryption)) {}

token::Result<Progress> CmacSigning::one_shot(const Input& data, const Output& signature) {
  const ByteView message = TRY(Input(data));
  if (!TRY(signature.takes(length_))) return Progress::kSizeQuery;
  TRY(cmac_.add(message));
  return finish(signature);
}

token::Result<Progress> CmacSigning::update(const Input& part) {
  const ByteView data = TRY(Input(part));
  TRY(cmac_.add(data));
  return Progress::kContinues;
}

token::Result<Progress> CmacSigning::finish(const Output& signature) {
  if (!TRY(signature.takes(length_))) return Progress::kSizeQuery;
  const Bytes code = TRY(cmac_.finish());
  signature.write(ByteView(code).first(length_));
  return Progress::kFinished;
}

}  // namespace nethsm::session
