// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/key_material.h"

namespace nethsm::simulator {

enum class AesDirection { kEncrypt, kDecrypt };

Bytes random_iv();

// AES-CBC without padding; an empty message is allowed. Throws KeyRefused for wrong lengths.
Bytes aes_cbc(AesDirection direction, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv,
              std::span<const std::uint8_t> data);

}  // namespace nethsm::simulator
