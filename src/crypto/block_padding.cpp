// SPDX-License-Identifier: Apache-2.0
#include "crypto/block_padding.h"

#include "crypto/constant_time.h"

namespace nethsm::crypto {

Bytes block_padding(std::size_t data_size, std::size_t block) {
  const std::size_t size = block - data_size % block;
  return Bytes(size, static_cast<std::uint8_t>(size));
}

std::optional<std::size_t> block_padding_size(ByteView last_block) {
  using namespace constant_time;
  if (last_block.empty()) return std::nullopt;
  const auto block = static_cast<std::uint32_t>(last_block.size());
  const std::uint32_t size = last_block.back();
  std::uint32_t is_good = (1U ^ is_zero(size)) & (1U ^ is_less(block, size));
  for (std::uint32_t from_end = 1; from_end <= block; ++from_end) {
    const std::uint32_t is_padding = 1U ^ is_less(size, from_end);
    is_good &= 1U ^ (is_padding & (1U ^ is_equal(last_block[block - from_end], size)));
  }
  if (is_good == 0) return std::nullopt;
  return size;
}

}  // namespace nethsm::crypto
