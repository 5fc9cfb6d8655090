// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include "catch.hpp"
#include "crypto/digest_info.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using A = DigestAlgorithm;

struct Known {
  A algorithm;
  const char* digest_of_abc;
};

// FIPS 180-4 and 202 example values, RFC 1321 appendix A.5.
constexpr Known kKnown[] = {
    {A::kMd5, "900150983cd24fb0d6963f7d28e17f72"},
    {A::kSha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {A::kSha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {A::kSha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {A::kSha384,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {A::kSha512,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
     "3643ce"
     "80e2a9ac94fa54ca49f"},
    {A::kSha3_224, "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
    {A::kSha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {A::kSha3_384,
     "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"},
    {A::kSha3_512,
     "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e393405734"
     "0b4cf408d5a56592f8274eec53f0"},
};
static_assert(std::size(kKnown) == kDigests.size());

TEST_CASE("every digest gives the published value") {
  for (const Known& known : kKnown) {
    CAPTURE(digest_row(known.algorithm).name);
    const auto value = digest(known.algorithm, as_bytes("abc"));
    REQUIRE(value);
    CHECK(to_hex(*value) == known.digest_of_abc);
    CHECK(digest_size(known.algorithm) == value->size());
  }
}

TEST_CASE("a digest does not depend on how the message is cut") {
  const Bytes message(1000, 0x5a);
  const auto whole = digest(A::kSha384, message);
  REQUIRE(whole);
  for (const std::size_t cut : {0U, 1U, 127U, 128U, 129U, 999U, 1000U}) {
    auto parts = Digest::start(A::kSha384);
    REQUIRE(parts);
    CHECK(parts->update(ByteView(message).first(cut)));
    CHECK(parts->update(ByteView(message).subspan(cut)));
    CHECK(parts->finish().value() == *whole);
  }
}

TEST_CASE("a finished digest takes nothing more") {
  auto once = Digest::start(A::kSha1);
  REQUIRE(once);
  CHECK(once->finish());
  CHECK_FALSE(once->update(as_bytes("more")));
  CHECK_FALSE(once->finish());
}

TEST_CASE("a digest that was moved away refuses, the new place goes on") {
  auto first = Digest::start(A::kSha256);
  REQUIRE(first);
  CHECK(first->update(as_bytes("a")));
  Digest second = std::move(*first);
  CHECK_FALSE(first->update(as_bytes("x")));
  CHECK(second.update(as_bytes("bc")));
  CHECK(second.finish().value() == digest(A::kSha256, as_bytes("abc")).value());
}

TEST_CASE("DigestInfo begins as RFC 8017 §9.2 says") {
  const std::pair<A, const char*> prefixes[] = {
      {A::kMd5, "3020300c06082a864886f70d020505000410"},
      {A::kSha1, "3021300906052b0e03021a05000414"},
      {A::kSha224, "302d300d06096086480165030402040500041c"},
      {A::kSha256, "3031300d060960864801650304020105000420"},
      {A::kSha384, "3041300d060960864801650304020205000430"},
      {A::kSha512, "3051300d060960864801650304020305000440"},
  };
  for (const auto& [algorithm, prefix] : prefixes) {
    const Bytes value(digest_size(algorithm), 0x77);
    CHECK(to_hex(digest_info(algorithm, value)) == prefix + to_hex(value));
  }
}

TEST_CASE("DigestInfo is read back with its algorithm and digest") {
  for (const DigestRow& row : kDigests) {
    const Bytes value(row.size, 0x42);
    const Bytes built = digest_info(row.algorithm, value);
    CHECK(built.size() == digest_info_size(row.algorithm));
    const auto parsed = parse_digest_info(built);
    REQUIRE(parsed);
    CHECK(parsed->algorithm == row.algorithm);
    CHECK(to_bytes(parsed->digest) == value);
  }
}

TEST_CASE("DigestInfo without parameters is understood, malformed ones are not") {
  const std::string value(40, '0');
  CHECK(parse_digest_info(hex("301f300706052b0e03021a0414" + value)));
  CHECK_FALSE(parse_digest_info(hex("3021300906052b0e03021a05000414" + value + "00")));  // something after it
  CHECK_FALSE(
      parse_digest_info(hex("3020300906052b0e03021a05000413" + value.substr(2))));  // too short a digest
  CHECK_FALSE(
      parse_digest_info(hex("308121300906052b0e03021a05000414" + value)));  // a long form of a short length
  CHECK_FALSE(
      parse_digest_info(hex("3080300906052b0e03021a05000414" + value + "0000")));   // indefinite length
  CHECK_FALSE(parse_digest_info(hex("3022300a06052b0e03021a0501000414" + value)));  // NULL with a content
  CHECK_FALSE(parse_digest_info(hex("3021300906052b0e03021b05000414" + value)));    // unknown algorithm
  CHECK_FALSE(parse_digest_info({}));
}

}  // namespace
}  // namespace nethsm::crypto
