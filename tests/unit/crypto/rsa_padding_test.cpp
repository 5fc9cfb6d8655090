// SPDX-License-Identifier: Apache-2.0
#include "crypto/rsa_padding.h"

#include "catch.hpp"
#include "crypto/public_operations.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;
using A = DigestAlgorithm;

TEST_CASE("a block of pss_encode(), raised to the private exponent, is a PSS signature") {
  // 1025 bits: the encoded message is a byte shorter than the modulus.
  for (const unsigned bits : {1024U, 1025U, 1031U, 2048U}) {
    const SoftwareKey& key = SoftwareKey::rsa(bits);
    for (const A algorithm : {A::kSha1, A::kSha256}) {
      for (const A mgf : {A::kSha1, A::kSha224, A::kSha512}) {
        for (const std::size_t salt_length : {0U, 1U, 20U, 64U}) {
          CAPTURE(bits, salt_length);
          const Bytes value(digest_size(algorithm), 0x19), salt(salt_length, 0xa5);
          const auto block = pss_encode({algorithm, mgf, salt_length}, value, salt, bits);
          REQUIRE(block);
          CHECK(block->size() == (bits + 7) / 8);
          const Bytes signature = key.raw_decrypt(*block);
          CHECK(key.verify_pss(algorithm, mgf, static_cast<int>(salt_length), value, signature));
        }
      }
    }
  }
}

TEST_CASE("the same salt gives the same PSS block") {
  const Bytes value(32, 1), salt(32, 2), other(32, 3);
  const PssParameters parameters{A::kSha256, A::kSha256, 32};
  CHECK(pss_encode(parameters, value, salt, 2048).value() ==
        pss_encode(parameters, value, salt, 2048).value());
  CHECK(pss_encode(parameters, value, salt, 2048).value() !=
        pss_encode(parameters, value, other, 2048).value());
}

TEST_CASE("PSS needs a digest and a salt of the right length and a modulus for both") {
  const PssParameters parameters{A::kSha256, A::kSha256, 32};
  CHECK_FALSE(pss_encode(parameters, Bytes(31), Bytes(32), 2048));
  CHECK_FALSE(pss_encode(parameters, Bytes(32), Bytes(31), 2048));
  // 32 + 32 + 2 bytes
  CHECK(pss_encode(parameters, Bytes(32), Bytes(32), 66 * 8));
  CHECK_FALSE(pss_encode(parameters, Bytes(32), Bytes(32), 65 * 8 + 1));
  CHECK_FALSE(pss_encode(parameters, Bytes(32), Bytes(32), 0));
  CHECK_FALSE(pss_encode(parameters, Bytes(32), Bytes(32), 1));
}

TEST_CASE("a PKCS #1 block, raised to the private exponent, is a signature") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  for (const std::size_t size : {0U, 51U, 245U}) {
    const Bytes encoded(size, 0x77);
    const Bytes block = pkcs1_encode(encoded, 256);
    REQUIRE(block.size() == 256);
    CHECK(key.raw_decrypt(block) == key.sign_pkcs1(encoded));
    REQUIRE(pkcs1_decode(block));
    CHECK(to_bytes(*pkcs1_decode(block)) == encoded);
  }
  CHECK(pkcs1_encode(Bytes(246), 256).empty());
}

TEST_CASE("what is not a PKCS #1 block of a signature says nothing") {
  Bytes block = pkcs1_encode(Bytes(20, 0xff), 64);
  SECTION("another head") { block[0] = 1; }
  SECTION("the block of an encryption") { block[1] = 2; }
  SECTION("a hole in the padding") { block[20] = 0xfe; }
  SECTION("no mark") { block[43] = 0xff; }
  SECTION("a short padding") { block[9] = 0; }
  SECTION("nothing") { block.clear(); }
  CHECK_FALSE(pkcs1_decode(block));
}

TEST_CASE("OAEP is taken off what was encrypted with it") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  for (const A algorithm : {A::kSha1, A::kSha256, A::kSha3_512}) {
    for (const A mgf : {A::kSha1, A::kSha512}) {
      for (const std::string_view label : {"", "a label"}) {
        const OaepParameters parameters{algorithm, mgf, as_bytes(label)};
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, oaep_capacity(algorithm, 256)}) {
          const Bytes message(size, 0x00);  // like the padding in front of it
          const Bytes block =
              key.raw_decrypt(encrypt_rsa_oaep(key.rsa_public(), parameters, message).value());
          const auto unpadded = oaep_unpad(parameters, block);
          REQUIRE(unpadded);
          CHECK(to_bytes(ByteView(*unpadded)) == message);
          CHECK_FALSE(oaep_unpad({algorithm, mgf, as_bytes("another")}, block));
          CHECK_FALSE(oaep_unpad({A::kSha224, mgf, as_bytes(label)}, block));
          CHECK_FALSE(oaep_unpad({algorithm, A::kSha384, as_bytes(label)}, block));
        }
      }
    }
  }
}

TEST_CASE("an OAEP block with a changed byte before the message is refused") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  const OaepParameters parameters{A::kSha256, A::kSha256};
  const Bytes message(10, 0x77);
  const Bytes block = key.raw_decrypt(encrypt_rsa_oaep(key.rsa_public(), parameters, message).value());
  for (std::size_t i = 0; i < block.size(); ++i) {
    Bytes changed = block;
    changed[i] ^= 0x80;
    const auto unpadded = oaep_unpad(parameters, changed);
    CAPTURE(i);
    // A change in the masked message changes the seed, and so everything.
    CHECK_FALSE(unpadded);
  }
  CHECK_FALSE(oaep_unpad(parameters, ByteView(block).first(65)));
  CHECK_FALSE(oaep_unpad(parameters, {}));
}

TEST_CASE("all malformed OAEP blocks give one error") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  const OaepParameters parameters{A::kSha1, A::kSha1};
  Bytes lead = key.raw_decrypt(encrypt_rsa_oaep(key.rsa_public(), parameters, as_bytes("m")).value());
  Bytes seed = lead;
  lead[0] = 1;
  seed[1] ^= 1;
  const auto first = oaep_unpad(parameters, lead);
  const auto second = oaep_unpad(parameters, seed);
  REQUIRE_FALSE(first);
  REQUIRE_FALSE(second);
  CHECK(first.error().message == second.error().message);
}

TEST_CASE("PKCS #1 padding is taken off what was encrypted with it") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  for (const std::size_t size : {0U, 1U, 50U, 117U}) {
    const Bytes message(size, 0x00);
    const Bytes block = key.raw_decrypt(encrypt_rsa_pkcs1(key.rsa_public(), message).value());
    const auto unpadded = pkcs1_unpad(block);
    REQUIRE(unpadded);
    CHECK(to_bytes(ByteView(*unpadded)) == message);
  }
}

TEST_CASE("PKCS #1 blocks are taken as RFC 8017 §7.2.2 says") {
  const auto unpadded = pkcs1_unpad(hex("0002111111111111111100aabb"));
  REQUIRE(unpadded);
  CHECK(to_hex(*unpadded) == "aabb");
  CHECK(pkcs1_unpad(hex("0002111111111111111100")).value().empty());
  CHECK_FALSE(pkcs1_unpad(hex("0102111111111111111100aabb")));
  CHECK_FALSE(pkcs1_unpad(hex("0001111111111111111100aabb")));
  CHECK_FALSE(pkcs1_unpad(hex("00021111111111111100aabbcc")));  // seven bytes of padding
  CHECK_FALSE(pkcs1_unpad(hex("0002111111111111111111aabb")));  // no end of the padding
  CHECK_FALSE(pkcs1_unpad(hex("00020011111111111111110011")));
  CHECK_FALSE(pkcs1_unpad(hex("00021111111111111100")));
  CHECK_FALSE(pkcs1_unpad({}));
}

}  // namespace
}  // namespace nethsm::crypto
