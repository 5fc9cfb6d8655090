// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

// The padding of CKM_AES_CBC_PAD (RFC 5652 §6.3): as many bytes as are missing to the next whole block, each
// of them that number; a whole block where nothing is missing.
namespace nethsm::crypto {

// What comes behind data of this size. `block` is at most 255.
Bytes block_padding(std::size_t data_size, std::size_t block);

// Bytes of the padding at the end of a decrypted last block. The time that is taken tells nothing but whether
// there is a valid one. nullopt: there is none.
std::optional<std::size_t> block_padding_size(ByteView last_block);

}  // namespace nethsm::crypto
