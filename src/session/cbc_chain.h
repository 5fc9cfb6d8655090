// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "token/plans.h"
#include "token/token.h"

namespace nethsm::session {

// The device's AES-CBC over more data than goes into one request: the last block of the ciphertext is the IV
// of the next request. Whole blocks only.
class CbcChain {
 public:
  static constexpr std::size_t kBlock = token::CbcCipher::kBlock;
  using Iv = std::array<std::uint8_t, kBlock>;
  using Device = std::function<token::Result<SecretBytes>(ByteView whole_blocks, ByteView iv)>;

  enum class Direction : std::uint8_t { kEncrypt, kDecrypt };

  CbcChain(Direction direction, const Iv& iv, Device device);

  token::Result<SecretBytes> transform(ByteView whole_blocks);
  Direction direction() const { return direction_; }

 private:
  token::Result<SecretBytes> request(ByteView blocks);

  Direction direction_;
  Iv iv_;
  Device device_;
};

// The device's operations. Ciphertext is no secret, but both directions have one form.
CbcChain::Device cbc_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key);
CbcChain::Device cbc_decryption(std::shared_ptr<token::Token> token, token::ObjectPtr key);

}  // namespace nethsm::session
