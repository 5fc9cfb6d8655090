// SPDX-License-Identifier: Apache-2.0
#include "crypto/block_padding.h"

#include "catch.hpp"

namespace nethsm::crypto {
namespace {

TEST_CASE("a block padding fills up to the next whole block and is never empty") {
  CHECK(block_padding(0, 16) == Bytes(16, 16));
  CHECK(block_padding(15, 16) == Bytes(1, 1));
  CHECK(block_padding(16, 16) == Bytes(16, 16));
  CHECK(block_padding(33, 16) == Bytes(15, 15));
}

TEST_CASE("every block padding is recognised") {
  for (std::size_t size = 1; size <= 16; ++size) {
    Bytes block(16 - size, 0xee);
    block.insert(block.end(), size, static_cast<std::uint8_t>(size));
    CHECK(block_padding_size(block) == size);
  }
}

TEST_CASE("whatever else a block ends with is no padding") {
  Bytes block(16, 5);
  SECTION("zero") { block.back() = 0; }
  SECTION("more than a block") { block.back() = 17; }
  SECTION("much more") { block.back() = 255; }
  SECTION("one of its bytes is different") {
    const auto at = GENERATE(11, 12, 13, 14);
    block[static_cast<std::size_t>(at)] = 4;
  }
  CHECK_FALSE(block_padding_size(block));
  CHECK_FALSE(block_padding_size({}));
}

}  // namespace
}  // namespace nethsm::crypto
