// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/secret.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "token/error.h"

namespace nethsm::session {

// CKM_AES_CBC in either direction (PKCS#11 v3.2 §6.13.5): no padding, so whole blocks only over the whole of
// the input. Every complete block is handed to the device at once and returned at once; the IV is chained
// from one request to the next. Sizes are known beforehand, so that size queries and short buffers consume
// nothing.
class CbcOperation {
 public:
  static constexpr std::size_t kBlock = 16;
  using Iv = std::array<std::uint8_t, kBlock>;
  using Device = std::function<token::Result<SecretBytes>(ByteView whole_blocks, ByteView iv)>;

  enum class Direction : std::uint8_t { kEncrypt, kDecrypt };

  CbcOperation(Direction direction, const Iv& iv, Device device);

  token::Result<Progress> one_shot(const Input& data, const Output& out);
  token::Result<Progress> update(const Input& part, const Output& out);
  token::Result<Progress> finish(const Output& out);

 private:
  token::Status whole_blocks(std::size_t size) const;
  token::Result<SecretBytes> transform(ByteView blocks);
  token::Result<SecretBytes> request(ByteView blocks);

  Direction direction_;
  Iv iv_;
  SecretBytes pending_;  // less than a block
  Device device_;
};

}  // namespace nethsm::session
