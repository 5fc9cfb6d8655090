// SPDX-License-Identifier: Apache-2.0
#include "crypto/public_operations.h"

#include <openssl/core_names.h>

#include "catch.hpp"
#include "crypto/digest_info.h"
#include "crypto/ecdsa.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;
using A = DigestAlgorithm;

Bytes changed(Bytes bytes, std::size_t at) {
  bytes[at] ^= 1;
  return bytes;
}

bool is_genuine(const Result<Verdict>& verdict) { return verdict && *verdict == Verdict::kGenuine; }
bool is_forged(const Result<Verdict>& verdict) { return verdict && *verdict == Verdict::kForged; }

TEST_CASE("RSA PKCS #1 signatures are verified") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  const RsaPublicKey rsa = key.rsa_public();
  const Bytes info = digest_info(A::kSha256, Bytes(32, 0x21));
  const Bytes signature = key.sign_pkcs1(info);
  CHECK(is_genuine(verify_rsa_pkcs1(rsa, info, signature)));
  CHECK(is_forged(verify_rsa_pkcs1(rsa, changed(info, 40), signature)));
  CHECK(is_forged(verify_rsa_pkcs1(rsa, info, changed(signature, 100))));
  CHECK(is_forged(verify_rsa_pkcs1(SoftwareKey::rsa(2048 + 8).rsa_public(), info, signature)));
  CHECK(is_forged(verify_rsa_pkcs1(rsa, info, ByteView(signature).first(255))));
  CHECK(is_forged(verify_rsa_pkcs1(rsa, info, {})));
  CHECK(is_forged(verify_rsa_pkcs1(rsa, info, Bytes(256, 0xff))));  // beyond the modulus
  CHECK(is_forged(verify_rsa_pkcs1(rsa, Bytes(250), signature)));   // longer than can be signed
}

TEST_CASE("any data can have been signed with RSA PKCS #1") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  for (const std::size_t size : {0U, 1U, 36U, 245U}) {
    const Bytes data(size, 0x5c);
    CHECK(is_genuine(verify_rsa_pkcs1(key.rsa_public(), data, key.sign_pkcs1(data))));
  }
}

TEST_CASE("RSA PSS signatures are verified with exactly their parameters") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  const RsaPublicKey rsa = key.rsa_public();
  const Bytes value(32, 0x33);
  for (const A mgf : {A::kSha1, A::kSha256, A::kSha512}) {
    for (const int salt : {0, 20, 32, 222}) {
      CAPTURE(salt);
      const auto length = static_cast<std::size_t>(salt);
      const Bytes signature = key.sign_pss(A::kSha256, mgf, salt, value);
      CHECK(is_genuine(verify_rsa_pss(rsa, {A::kSha256, mgf, length}, value, signature)));
      CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, mgf, length + 1}, value, signature)));
      CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, A::kSha384, length}, value, signature)));
      CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha3_256, mgf, length}, value, signature)));
      CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, mgf, length}, changed(value, 5), signature)));
      CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, mgf, length}, value, changed(signature, 9))));
    }
  }
  CHECK_FALSE(verify_rsa_pss(rsa, {A::kSha256, A::kSha256, 32}, Bytes(20), Bytes(256)));
  CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, A::kSha256, SIZE_MAX}, value, Bytes(256))));
  CHECK(is_forged(verify_rsa_pss(rsa, {A::kSha256, A::kSha256, 32}, value, {})));
}

TEST_CASE("ECDSA signatures are verified on every curve") {
  for (const CurveRow& row : kCurves) {
    if (row.curve == Curve::kEd25519) continue;
    CAPTURE(row.name);
    const SoftwareKey& key = SoftwareKey::on(row.curve);
    const EcPublicKey ec = key.ec_public();
    for (const std::size_t size : {1U, 20U, 32U, 64U, 70U}) {  // longer and shorter than the order
      const Bytes value(size, 0x44);
      const Bytes signature = ecdsa_fixed_from_der(key.sign_ecdsa(value), order_size(row.curve)).value();
      CHECK(is_genuine(verify_ecdsa(ec, value, signature)));
      CHECK(is_forged(verify_ecdsa(ec, changed(value, 0), signature)));
      CHECK(is_forged(verify_ecdsa(ec, value, changed(signature, signature.size() - 1))));
      CHECK(is_forged(verify_ecdsa(ec, value, ByteView(signature).first(signature.size() - 1))));
    }
    CHECK(is_forged(verify_ecdsa(ec, Bytes(32), Bytes(2 * order_size(row.curve)))));
    CHECK(is_forged(verify_ecdsa(ec, Bytes(32), Bytes(2 * order_size(row.curve), 0xff))));
    CHECK(is_forged(verify_ecdsa(ec, Bytes(32), {})));
  }
}

TEST_CASE("Ed25519 signatures of RFC 8032 §7.1 are verified") {
  const struct {
    const char *key, *message, *signature;
  } known[] = {
      {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf"
       "5f0595b"
       "be24655141438e7a100b"},
      {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2"
       "eaeb430"
       "2aeeb00d291612bb0c00"},
  };
  for (const auto& vector : known) {
    const EcPublicKey key{Curve::kEd25519, hex(vector.key)};
    const Bytes message = hex(vector.message), signature = hex(vector.signature);
    CHECK(is_genuine(verify_ed25519(key, message, signature)));
    CHECK(is_forged(verify_ed25519(key, hex("73"), signature)));
    CHECK(is_forged(verify_ed25519(key, message, changed(signature, 20))));
    CHECK(is_forged(verify_ed25519(key, message, ByteView(signature).first(63))));
  }
  const SoftwareKey& made = SoftwareKey::on(Curve::kEd25519);
  CHECK(is_genuine(verify_ed25519(made.ec_public(), as_bytes("x"), made.sign_ed25519(as_bytes("x")))));
}

TEST_CASE("unusable public keys are errors, not forgeries") {
  const Bytes off_curve = [] {
    Bytes point(65, 0x01);
    point[0] = 0x04;
    return point;
  }();
  CHECK_FALSE(verify_ecdsa({Curve::kP256, off_curve}, Bytes(32), Bytes(64)));
  CHECK_FALSE(verify_ecdsa({Curve::kP256, {}}, Bytes(32), Bytes(64)));
  CHECK_FALSE(
      verify_ecdsa({Curve::kP384, SoftwareKey::on(Curve::kP256).ec_public().point}, Bytes(32), Bytes(96)));
  CHECK_FALSE(verify_ecdsa(SoftwareKey::on(Curve::kEd25519).ec_public(), Bytes(32), Bytes(64)));
  CHECK_FALSE(verify_ed25519(SoftwareKey::on(Curve::kP256).ec_public(), Bytes(32), Bytes(64)));
  CHECK_FALSE(verify_ed25519({Curve::kEd25519, Bytes(31)}, Bytes(32), Bytes(64)));
  const RsaPublicKey even{Bytes(256, 0x80), hex("010001")};
  CHECK_FALSE(verify_rsa_pkcs1(even, Bytes(20), Bytes(256)));
  CHECK_FALSE(
      verify_rsa_pkcs1({SoftwareKey::rsa(2048).rsa_public().modulus, hex("02")}, Bytes(20), Bytes(256)));
  CHECK_FALSE(verify_rsa_pss({{}, {}}, {A::kSha1, A::kSha1, 0}, Bytes(20), Bytes(0)));
  CHECK_FALSE(encrypt_rsa_pkcs1({Bytes(4096, 0xff), hex("010001")}, as_bytes("too long a modulus")));
}

TEST_CASE("what is encrypted with PKCS #1 padding can be decrypted") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  for (const std::size_t size : {0U, 1U, 117U}) {
    const Bytes message(size, 0x61);
    const auto encrypted = encrypt_rsa_pkcs1(key.rsa_public(), message);
    REQUIRE(encrypted);
    CHECK(encrypted->size() == 128);
    CHECK(key.decrypt_pkcs1(*encrypted) == message);
  }
  CHECK(pkcs1_capacity(128) == 117);
  CHECK_FALSE(encrypt_rsa_pkcs1(key.rsa_public(), Bytes(118)));
}

TEST_CASE("what is encrypted with OAEP can be decrypted with the same parameters") {
  const SoftwareKey& key = SoftwareKey::rsa(2048);
  for (const A algorithm : {A::kSha1, A::kSha256, A::kSha512}) {
    for (const A mgf : {A::kSha1, A::kSha384}) {
      for (const std::string_view label : {"", "label"}) {
        const OaepParameters parameters{algorithm, mgf, as_bytes(label)};
        const Bytes message(oaep_capacity(algorithm, 256), 0x62);
        const auto encrypted = encrypt_rsa_oaep(key.rsa_public(), parameters, message);
        REQUIRE(encrypted);
        CHECK(key.decrypt_oaep(algorithm, mgf, as_bytes(label), *encrypted) == message);
        CHECK_FALSE(encrypt_rsa_oaep(key.rsa_public(), parameters, Bytes(message.size() + 1)));
      }
    }
  }
  CHECK_FALSE(encrypt_rsa_oaep(SoftwareKey::rsa(1024).rsa_public(), {A::kSha512, A::kSha512}, {}));
}

TEST_CASE("raw RSA pads short numbers in front and refuses those beyond the modulus") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  const RsaPublicKey rsa = key.rsa_public();
  Bytes block(128, 0);
  block[127] = 2;
  const auto encrypted = encrypt_rsa_raw(rsa, block);
  REQUIRE(encrypted);
  CHECK(key.raw_decrypt(*encrypted) == block);
  CHECK(encrypt_rsa_raw(rsa, hex("02")).value() == *encrypted);
  CHECK_FALSE(encrypt_rsa_raw(rsa, rsa.modulus));
  CHECK_FALSE(encrypt_rsa_raw(rsa, Bytes(129)));
}

TEST_CASE("bits of a modulus are counted from its first set bit") {
  CHECK(modulus_bits(SoftwareKey::rsa(1025).rsa_public()) == 1025);
  CHECK(modulus_bits({hex("0080"), {}}) == 8);
  CHECK(modulus_bits({hex("0100"), {}}) == 9);
  CHECK(modulus_bits({{}, {}}) == 0);
}

}  // namespace
}  // namespace nethsm::crypto
