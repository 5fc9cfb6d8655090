// SPDX-License-Identifier: Apache-2.0
#include "crypto/x509.h"

#include <openssl/x509.h>

#include "catch.hpp"
#include "crypto/der.h"
#include "crypto/pem.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;

const SoftwareKey& some_key() { return SoftwareKey::on(Curve::kP256); }

template <class Object, class Encode>
Bytes der_of(Object* object, Encode encode) {
  Bytes der(static_cast<std::size_t>(encode(object, nullptr)));
  unsigned char* end = der.data();
  encode(object, &end);
  return der;
}

TEST_CASE("the parts of a certificate are what OpenSSL sees in it") {
  const Bytes der = some_key().certificate({.serial = hex("8000000000000001"), .name = "Zürich"});
  const auto certificate = Certificate::parse(der);
  REQUIRE(certificate);
  const unsigned char* at = der.data();
  const std::unique_ptr<X509, void (*)(X509*)> reference(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  REQUIRE(reference);
  CHECK(certificate->der() == der);
  CHECK(certificate->subject() == der_of(X509_get_subject_name(reference.get()), i2d_X509_NAME));
  CHECK(certificate->issuer() == der_of(X509_get_issuer_name(reference.get()), i2d_X509_NAME));
  CHECK(certificate->serial_number() == der_of(X509_get_serialNumber(reference.get()), i2d_ASN1_INTEGER));
  CHECK(to_hex(certificate->serial_number()) == "0209008000000000000001");
  CHECK(certificate->public_key_info() == some_key().public_key_info());
}

TEST_CASE("a certificate tells its public key") {
  const auto rsa = Certificate::parse(SoftwareKey::rsa(2048).certificate({}));
  REQUIRE(rsa);
  CHECK(std::get<RsaPublicKey>(rsa->public_key().value()) == SoftwareKey::rsa(2048).rsa_public());
  for (const CurveRow& row : kCurves) {
    CAPTURE(row.name);
    const auto certificate = Certificate::parse(SoftwareKey::on(row.curve).certificate({}));
    REQUIRE(certificate);
    CHECK(std::get<EcPublicKey>(certificate->public_key().value()) == SoftwareKey::on(row.curve).ec_public());
  }
}

TEST_CASE("the days of validity are read in both forms of time") {
  // RFC 5280: UTCTime through 2049, GeneralizedTime from 2050.
  const auto certificate = Certificate::parse(
      some_key().certificate({.not_before = "19991231235959Z", .not_after = "20500101000000Z"}));
  REQUIRE(certificate);
  CHECK(certificate->not_before() == Date{1999, 12, 31});
  CHECK(certificate->not_after() == Date{2050, 1, 1});
  const auto other = Certificate::parse(
      some_key().certificate({.not_before = "20200229000000Z", .not_after = "20491231235959Z"}));
  REQUIRE(other);
  CHECK(other->not_before() == Date{2020, 2, 29});
  CHECK(other->not_after() == Date{2049, 12, 31});
}

TEST_CASE("days become the digits of a CK_DATE") {
  const auto digits = to_digits(Date{2026, 3, 9});
  CHECK(std::string(digits.begin(), digits.end()) == "20260309");
}

// The certificate with one text in it replaced by another of the same length.
Bytes with_replaced(Bytes der, std::string_view old, std::string_view text) {
  const std::size_t at = as_text(der).find(old);
  REQUIRE(at != std::string_view::npos);
  std::copy(text.begin(), text.end(), der.begin() + static_cast<std::ptrdiff_t>(at));
  return der;
}

TEST_CASE("days that do not exist are not told, the certificate is read all the same") {
  const Bytes der = some_key().certificate({.not_before = "20200229000000Z"});
  for (const std::string_view wrong :
       {"210229000000Z", "201329000000Z", "200200000000Z", "2002290000000", "20O229000000Z"}) {
    CAPTURE(wrong);
    const auto certificate = Certificate::parse(with_replaced(der, "200229000000Z", wrong));
    REQUIRE(certificate);
    CHECK_FALSE(certificate->not_before());
    CHECK(certificate->not_after());
  }
}

TEST_CASE("PEM and DER are two forms of the same certificate") {
  const Bytes der = some_key().certificate({});
  const auto certificate = Certificate::parse(der);
  REQUIRE(certificate);
  const Bytes pem = certificate->pem();
  CHECK(as_text(pem).starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(as_text(pem).ends_with("-----END CERTIFICATE-----\n"));
  CHECK(Certificate::parse_pem(pem).value().der() == der);
}

TEST_CASE("the first certificate of a PEM file counts, whatever is around it") {
  const Bytes first = some_key().certificate({.name = "first"});
  const Bytes second = some_key().certificate({.name = "second"});
  std::string text =
      "Subject: CN = first\r\n-----BEGIN PUBLIC KEY-----\r\nAAAA\r\n-----END PUBLIC KEY-----\r\n";
  for (const char c : encode_pem("CERTIFICATE", first)) text += c == '\n' ? "\r\n" : std::string(1, c);
  text += encode_pem("CERTIFICATE", second);
  CHECK(Certificate::parse_pem(as_bytes(text)).value().der() == first);
}

TEST_CASE("PEM lines have 64 characters") {
  CHECK(encode_pem("X", Bytes(49)) ==
        "-----BEGIN X-----\n" + std::string(64, 'A') + "\nAA==\n-----END X-----\n");
  CHECK(encode_pem("X", {}) == "-----BEGIN X-----\n-----END X-----\n");
}

TEST_CASE("what is no certificate is refused") {
  const Bytes der = some_key().certificate({});
  Bytes longer = der;
  longer.push_back(0);
  CHECK_FALSE(Certificate::parse(longer));
  CHECK_FALSE(Certificate::parse(ByteView(der).first(der.size() - 1)));
  CHECK_FALSE(Certificate::parse({}));
  CHECK_FALSE(Certificate::parse(some_key().public_key_info()));
  CHECK_FALSE(Certificate::parse(as_bytes(encode_pem("CERTIFICATE", der))));
  CHECK_FALSE(Certificate::parse_pem(der));
  CHECK_FALSE(Certificate::parse_pem(as_bytes("-----BEGIN CERTIFICATE-----\nMIIB\n")));
  CHECK_FALSE(
      Certificate::parse_pem(as_bytes("-----BEGIN CERTIFICATE-----\nMI!B\n-----END CERTIFICATE-----\n")));
  CHECK_FALSE(Certificate::parse_pem(as_bytes("-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n")));
}

TEST_CASE("every cut of a certificate is refused") {
  const Bytes der = some_key().certificate({});
  for (std::size_t size = 0; size < der.size(); ++size)
    CHECK_FALSE(Certificate::parse(ByteView(der).first(size)));
}

}  // namespace
}  // namespace nethsm::crypto
