// SPDX-License-Identifier: Apache-2.0
#include "crypto/public_key.h"

#include "catch.hpp"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;

TEST_CASE("SubjectPublicKeyInfo of an RSA key is what OpenSSL writes") {
  for (const unsigned bits : {1024U, 1025U, 2048U}) {
    const SoftwareKey& key = SoftwareKey::rsa(bits);
    CHECK(public_key_info(key.rsa_public()) == key.public_key_info());
  }
}

TEST_CASE("SubjectPublicKeyInfo of every curve is what OpenSSL writes") {
  for (const CurveRow& row : kCurves) {
    CAPTURE(row.name);
    const SoftwareKey& key = SoftwareKey::on(row.curve);
    CHECK(public_key_info(key.ec_public()) == key.public_key_info());
  }
}

TEST_CASE("SubjectPublicKeyInfo of Ed25519 is that of RFC 8410") {
  // §10.1, without the armour.
  CHECK(to_hex(ec_public_key_info(Curve::kEd25519,
                                  hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"))) ==
        "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
}

TEST_CASE("leading zeros of RSA numbers do not change the encoding") {
  const Bytes modulus = hex("00c3"), exponent = hex("00010001");
  CHECK(rsa_public_key_info(modulus, exponent) == rsa_public_key_info(hex("c3"), hex("010001")));
}

TEST_CASE("SubjectPublicKeyInfo is read back") {
  const RsaPublicKey rsa = SoftwareKey::rsa(2048).rsa_public();
  CHECK(std::get<RsaPublicKey>(parse_public_key_info(public_key_info(rsa)).value()) == rsa);
  for (const CurveRow& row : kCurves) {
    const EcPublicKey ec = SoftwareKey::on(row.curve).ec_public();
    CHECK(std::get<EcPublicKey>(parse_public_key_info(public_key_info(ec)).value()) == ec);
  }
}

TEST_CASE("public keys that the NetHSM cannot have are refused") {
  const EcPublicKey good = SoftwareKey::on(Curve::kP256).ec_public();
  EcPublicKey compressed = good;
  compressed.point.resize(33);
  compressed.point[0] = 0x02;
  CHECK_FALSE(parse_public_key_info(public_key_info(compressed)));
  EcPublicKey longer = good;
  longer.point.push_back(0);
  CHECK_FALSE(parse_public_key_info(public_key_info(longer)));
  EcPublicKey wrong_form = good;
  wrong_form.point[0] = 0x06;
  CHECK_FALSE(parse_public_key_info(public_key_info(wrong_form)));
  CHECK_FALSE(parse_public_key_info(ec_public_key_info(Curve::kEd25519, Bytes(31))));
  // X25519, and an EC key whose "curve" is Ed25519.
  CHECK_FALSE(parse_public_key_info(hex("302a300506032b656e032100" + std::string(64, '1'))));
  CHECK_FALSE(
      parse_public_key_info(hex("3033300e06072a8648ce3d020106032b6570032100" + std::string(64, '1'))));
}

TEST_CASE("every cut of a SubjectPublicKeyInfo is refused") {
  for (const Bytes& info :
       {SoftwareKey::rsa(1024).public_key_info(), SoftwareKey::on(Curve::kP256).public_key_info()}) {
    for (std::size_t size = 0; size < info.size(); ++size) {
      CHECK_FALSE(parse_public_key_info(ByteView(info).first(size)));
    }
  }
}

}  // namespace
}  // namespace nethsm::crypto
