// SPDX-License-Identifier: Apache-2.0
#include "token/key_id.h"

#include <set>

#include "catch.hpp"
#include "nethsm/vocabulary.h"

using namespace nethsm;
using namespace nethsm::token;

TEST_CASE("A NetHSM id stands for itself as CKA_ID") {
  for (const std::string id : {"a", "Key1", "0", "webserver-2026_a.b", "0---", "0---F", "0---FK"}) {
    CAPTURE(id);
    CHECK(to_cka_id(id) == to_bytes(id));
    CHECK(to_key_id(as_bytes(id)) == id);
  }
  CHECK(to_key_id(as_bytes(std::string(128, 'x'))) == std::string(128, 'x'));
}

TEST_CASE("Other bytes become 0--- and upper-case hex") {
  const auto encoded = [](std::string_view bytes) { return to_key_id(as_bytes(bytes)).value_or("none"); };
  CHECK(encoded("test~key") == "0---746573747E6B6579");
  CHECK(encoded("-a") == "0---2D61");
  CHECK(encoded(".a") == "0---2E61");
  CHECK(encoded("_a") == "0---5F61");
  CHECK(encoded(std::string_view("\0", 1)) == "0---00");
  CHECK(encoded("\x01\x02\x03\x04") == "0---01020304");
  CHECK(encoded("sch\xc3\xb6n") == "0---736368C3B66E");
}

TEST_CASE("Nothing, and more than an id can hold, is no key") {
  CHECK_FALSE(to_key_id({}));
  CHECK_FALSE(to_key_id(Bytes(129, 'x')));
  CHECK_FALSE(to_key_id(Bytes(63, 0)));
  CHECK(to_key_id(Bytes(62, 0))->size() == 128);
}

TEST_CASE("Only what encoding makes is decoded") {
  CHECK(to_cka_id("0---746573747E6B6579") == to_bytes("test~key"));
  CHECK(to_cka_id("0---6B") == to_bytes("0---6B"));                              // "k" needs no encoding
  CHECK(to_cka_id("0---746573747e6b6579") == to_bytes("0---746573747e6b6579"));  // lower case
}

TEST_CASE("Every string of bytes that maps to an id comes back from it") {
  std::uint32_t seed = 1;
  std::set<std::string> ids;
  std::set<Bytes> all_bytes;
  for (int round = 0; round < 4000; ++round) {
    Bytes bytes;
    seed = seed * 1664525U + 1013904223U;
    const std::size_t length = (seed >> 16) % 70 + 1;
    for (std::size_t i = 0; i < length; ++i) {
      seed = seed * 1664525U + 1013904223U;
      // Half of the rounds from characters of ids, so that both branches and their border are met.
      constexpr std::string_view kNearIds = "0123456789ABCDEFabcxyz---_.";
      bytes.push_back(round % 2 == 0 ? static_cast<std::uint8_t>(seed >> 24)
                                     : static_cast<std::uint8_t>(kNearIds[(seed >> 20) % kNearIds.size()]));
    }
    const auto id = to_key_id(bytes);
    if (!id) continue;
    CHECK(api::is_valid_id(*id));
    CHECK(to_cka_id(*id) == bytes);
    ids.insert(*id);
    all_bytes.insert(bytes);
  }
  CHECK(ids.size() == all_bytes.size());
  CHECK(ids.size() > 3000);
}

TEST_CASE("A unique id names the key and the class of the object") {
  CHECK(unique_id("k1", CKO_PRIVATE_KEY) != unique_id("k1", CKO_PUBLIC_KEY));
  CHECK(key_id_of_unique_id(unique_id("k1", CKO_CERTIFICATE)) == "k1");
  CHECK_FALSE(key_id_of_unique_id(as_bytes("k1")));
  CHECK_FALSE(key_id_of_unique_id(as_bytes(":private-key")));
}

TEST_CASE("Made-up ids are 20 hex digits and differ") {
  const auto first = random_key_id();
  const auto second = random_key_id();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->size() == 20);
  CHECK(from_hex(*first));
  CHECK(*first != *second);
}
