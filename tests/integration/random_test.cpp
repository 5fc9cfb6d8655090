// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE("Random numbers come in any amount, and no more than asked for") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::size_t amount = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{1024}, std::size_t{5000});
  Bytes first(amount + 4, 0xa5);
  Bytes second = first;
  REQUIRE(token.module->C_GenerateRandom(token.session, first.data(), amount) == CKR_OK);
  REQUIRE(token.module->C_GenerateRandom(token.session, second.data(), amount) == CKR_OK);
  CHECK(std::all_of(first.end() - 4, first.end(), [](auto byte) { return byte == 0xa5; }));
  if (amount < 1024) return;
  CHECK(first != second);
  // A buffer that was not filled to its end would show.
  CHECK(std::count(first.begin(), first.end(), 0xa5) < static_cast<std::ptrdiff_t>(amount / 16));
}

TEST_CASE("C_GenerateRandom and C_SeedRandom check their arguments") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_BYTE seed[4] = {};
  CHECK(token.module->C_GenerateRandom(token.session, nullptr, 10) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_GenerateRandom(99999, seed, 4) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_SeedRandom(token.session, nullptr, 4) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_SeedRandom(token.session, seed, 4) == CKR_RANDOM_SEED_NOT_SUPPORTED);
}
