// SPDX-License-Identifier: Apache-2.0
#include "token/object.h"

#include <algorithm>
#include <cstring>

#include "attribute_list.h"
#include "sample_certificate.h"
#include "sample_keys.h"
#include "token/attributes.h"

using namespace nethsm;
using namespace nethsm::token;
using M = api::Mechanism;

namespace {

Bytes value(const Object& object, CK_ATTRIBUTE_TYPE type) {
  CAPTURE(attribute_name(type));
  auto result = attribute_value(object, type);
  REQUIRE(result);
  return *result;
}
CK_ULONG number(const Object& object, CK_ATTRIBUTE_TYPE type) {
  const Bytes bytes = value(object, type);
  CK_ULONG result = 0;
  REQUIRE(bytes.size() == sizeof result);
  std::memcpy(&result, bytes.data(), sizeof result);
  return result;
}
bool flag(const Object& object, CK_ATTRIBUTE_TYPE type) {
  const Bytes bytes = value(object, type);
  REQUIRE(bytes.size() == 1);
  return bytes[0] == CK_TRUE;
}
CK_RV code(const Object& object, CK_ATTRIBUTE_TYPE type) { return rv(attribute_value(object, type)); }

}  // namespace

TEST_CASE("A private key is sensitive, stays in the device and shows its public part") {
  const auto key = object_of(CKO_PRIVATE_KEY, rsa_key(256));
  CHECK(number(key, CKA_CLASS) == CKO_PRIVATE_KEY);
  CHECK(number(key, CKA_KEY_TYPE) == CKK_RSA);
  for (const auto type : {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,
                          CKA_SIGN, CKA_SIGN_RECOVER, CKA_DECRYPT, CKA_MODIFIABLE, CKA_DESTROYABLE}) {
    CHECK(flag(key, type));
  }
  for (const auto type : {CKA_EXTRACTABLE, CKA_COPYABLE, CKA_DERIVE, CKA_UNWRAP, CKA_ALWAYS_AUTHENTICATE,
                          CKA_WRAP_WITH_TRUSTED, CKA_LOCAL}) {
    CHECK_FALSE(flag(key, type));
  }
  CHECK(value(key, CKA_MODULUS).size() == 256);
  CHECK(number(key, CKA_MODULUS_BITS) == 2048);
  CHECK(value(key, CKA_PUBLIC_EXPONENT) == Bytes{1, 0, 1});
  CHECK_FALSE(value(key, CKA_PUBLIC_KEY_INFO).empty());
  CHECK(value(key, CKA_ID) == to_bytes("rsa1"));
}

TEST_CASE("The bits of a modulus are counted, not the bytes") {
  auto key = rsa_key(128);
  std::get<api::RsaPublic>(key.public_part).modulus.front() = 0x01;
  CHECK(number(object_of(CKO_PUBLIC_KEY, key), CKA_MODULUS_BITS) == 1017);
}

TEST_CASE("What never leaves the device is sensitive, what does not exist is invalid") {
  const auto rsa = object_of(CKO_PRIVATE_KEY, rsa_key());
  const auto ec = object_of(CKO_PRIVATE_KEY, p256_key());
  const auto secret = object_of(CKO_SECRET_KEY, generic_key());
  for (const auto type :
       {CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT}) {
    CHECK(code(rsa, type) == CKR_ATTRIBUTE_SENSITIVE);
    CHECK(code(ec, type) == CKR_ATTRIBUTE_TYPE_INVALID);
  }
  CHECK(code(rsa, CKA_VALUE) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code(ec, CKA_VALUE) == CKR_ATTRIBUTE_SENSITIVE);
  CHECK(code(secret, CKA_VALUE) == CKR_ATTRIBUTE_SENSITIVE);
  CHECK(code(ec, CKA_MODULUS) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code(rsa, CKA_EC_POINT) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code(rsa, CKA_VENDOR_DEFINED | 0x34301) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code(object_of(CKO_PUBLIC_KEY, rsa_key()), CKA_PRIVATE_EXPONENT) == CKR_ATTRIBUTE_TYPE_INVALID);
}

TEST_CASE("A key on a curve shows the curve and its point on both halves") {
  for (const CK_OBJECT_CLASS half : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
    const auto p256 = object_of(half, p256_key());
    CHECK(number(p256, CKA_KEY_TYPE) == CKK_EC);
    CHECK(to_hex(value(p256, CKA_EC_PARAMS)) == "06082a8648ce3d030107");
    CHECK(to_hex(value(p256, CKA_EC_POINT)).substr(0, 6) == "044104");
    const auto ed25519 = object_of(half, ed25519_key());
    CHECK(number(ed25519, CKA_KEY_TYPE) == CKK_EC_EDWARDS);
    CHECK(to_hex(value(ed25519, CKA_EC_PARAMS)) == "06032b6570");
    CHECK(to_hex(value(ed25519, CKA_EC_POINT)).substr(0, 4) == "0420");
  }
}

TEST_CASE("Usage is what the NetHSM mechanisms allow") {
  const auto sign = object_of(CKO_PRIVATE_KEY, rsa_key(256, {M::kRsaSignaturePssSha512}));
  CHECK(flag(sign, CKA_SIGN));
  CHECK_FALSE(flag(sign, CKA_DECRYPT));
  const auto decrypt = rsa_key(256, {M::kRsaDecryptionOaepSha256});
  CHECK_FALSE(flag(object_of(CKO_PRIVATE_KEY, decrypt), CKA_SIGN));
  CHECK(flag(object_of(CKO_PRIVATE_KEY, decrypt), CKA_DECRYPT));
  CHECK(flag(object_of(CKO_PUBLIC_KEY, decrypt), CKA_ENCRYPT));
  CHECK_FALSE(flag(object_of(CKO_PUBLIC_KEY, decrypt), CKA_VERIFY));
  CHECK(flag(object_of(CKO_PUBLIC_KEY, p256_key()), CKA_VERIFY));
  CHECK_FALSE(flag(object_of(CKO_PRIVATE_KEY, p256_key()), CKA_DECRYPT));
  const auto secret = object_of(CKO_SECRET_KEY, generic_key({M::kAesEncryptionCbc}));
  CHECK(flag(secret, CKA_ENCRYPT));
  CHECK_FALSE(flag(secret, CKA_DECRYPT));
  // An authentication code is made of encryptions.
  CHECK(flag(secret, CKA_SIGN));
  CHECK(flag(secret, CKA_VERIFY));
  CHECK_FALSE(flag(object_of(CKO_SECRET_KEY, generic_key({M::kAesDecryptionCbc})), CKA_SIGN));
  KeyRecord for_codes;
  for_codes.key = generic_key();
  for_codes.refused_uses = CKF_ENCRYPT | CKF_VERIFY;
  CHECK_FALSE(flag(object_of(CKO_SECRET_KEY, for_codes), CKA_ENCRYPT));
  CHECK_FALSE(flag(object_of(CKO_SECRET_KEY, for_codes), CKA_VERIFY));
  CHECK(flag(object_of(CKO_SECRET_KEY, for_codes), CKA_DECRYPT));
  CHECK(flag(object_of(CKO_SECRET_KEY, for_codes), CKA_SIGN));
  CHECK_FALSE(flag(sign, CKA_SIGN_RECOVER));
  CHECK(flag(object_of(CKO_PUBLIC_KEY, rsa_key(256, {M::kRsaSignaturePkcs1})), CKA_VERIFY_RECOVER));
}

TEST_CASE("A key reads as its label, or as its id where it has none") {
  auto key = p256_key();
  CHECK(value(object_of(CKO_PRIVATE_KEY, key), CKA_LABEL) == to_bytes("ec1"));
  key.id = "0---00FF";
  CHECK(value(object_of(CKO_PRIVATE_KEY, key), CKA_ID) == Bytes{0x00, 0xff});
  CHECK(value(object_of(CKO_PRIVATE_KEY, key), CKA_LABEL) == to_bytes("0---00FF"));  // what is text of it
  key.id = "0---736368C3B66E";
  CHECK(value(object_of(CKO_PRIVATE_KEY, key), CKA_LABEL) == to_bytes("sch\xc3\xb6n"));
  key.id = "0---00FF";
  key.label = "Web server";
  CHECK(value(object_of(CKO_PUBLIC_KEY, key), CKA_LABEL) == to_bytes("Web server"));
  CHECK(value(object_of(CKO_PUBLIC_KEY, key), CKA_ID) == Bytes{0x00, 0xff});
}

TEST_CASE("The origin of a key is told only where it is known") {
  KeyRecord record;
  record.key = p256_key();
  CHECK(code(object_of(CKO_PRIVATE_KEY, record), CKA_KEY_GEN_MECHANISM) == CKR_ATTRIBUTE_TYPE_INVALID);
  record.origin = KeyRecord::Origin::kGenerated;
  record.generated_by = CKM_EC_KEY_PAIR_GEN;
  const auto generated = object_of(CKO_PRIVATE_KEY, record);
  CHECK(flag(generated, CKA_LOCAL));
  CHECK(number(generated, CKA_KEY_GEN_MECHANISM) == CKM_EC_KEY_PAIR_GEN);
  CHECK(flag(generated, CKA_ALWAYS_SENSITIVE));
  record.origin = KeyRecord::Origin::kImported;
  record.generated_by = CK_UNAVAILABLE_INFORMATION;
  const auto imported = object_of(CKO_PRIVATE_KEY, record);
  CHECK_FALSE(flag(imported, CKA_LOCAL));
  CHECK_FALSE(flag(imported, CKA_ALWAYS_SENSITIVE));
  CHECK_FALSE(flag(imported, CKA_NEVER_EXTRACTABLE));
  CHECK(number(imported, CKA_KEY_GEN_MECHANISM) == CK_UNAVAILABLE_INFORMATION);
}

TEST_CASE("Secret keys tell their type by their mechanisms and their length where it is known") {
  KeyRecord record;
  record.key = generic_key();
  CHECK(number(object_of(CKO_SECRET_KEY, record), CKA_KEY_TYPE) == CKK_AES);
  CHECK(code(object_of(CKO_SECRET_KEY, record), CKA_VALUE_LEN) == CKR_ATTRIBUTE_TYPE_INVALID);
  record.secret_length = 32;
  CHECK(number(object_of(CKO_SECRET_KEY, record), CKA_VALUE_LEN) == 32);
  record.key.mechanisms = {};
  CHECK(number(object_of(CKO_SECRET_KEY, record), CKA_KEY_TYPE) == CKK_GENERIC_SECRET);
}

TEST_CASE("No attribute is empty but those whose emptiness means none") {
  const std::vector<CK_ATTRIBUTE_TYPE> may_be_empty = {CKA_ALLOWED_MECHANISMS, CKA_SUBJECT, CKA_START_DATE,
                                                       CKA_END_DATE};
  for (const auto& object : {object_of(CKO_PRIVATE_KEY, rsa_key()), object_of(CKO_PUBLIC_KEY, p256_key()),
                             object_of(CKO_SECRET_KEY, generic_key())}) {
    for (const AttributeRow& row : attribute_rows()) {
      const auto result = attribute_value(object, row.type);
      CAPTURE(row.name);
      const bool may_be = std::ranges::find(may_be_empty, row.type) != may_be_empty.end();
      if (result && !may_be) CHECK_FALSE(result->empty());
    }
  }
  auto bare = p256_key();
  bare.public_part = Bytes();
  CHECK(code(object_of(CKO_PUBLIC_KEY, bare), CKA_EC_POINT) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code(object_of(CKO_PUBLIC_KEY, bare), CKA_PUBLIC_KEY_INFO) == CKR_ATTRIBUTE_TYPE_INVALID);
}

TEST_CASE("A template matches when all its attributes do") {
  const auto key = object_of(CKO_PRIVATE_KEY, rsa_key());
  CHECK(matches(key, Template()));
  CHECK(matches(key, AttributeList().object_class(CKO_PRIVATE_KEY).text(CKA_ID, "rsa1").token().view()));
  CHECK(matches(key, AttributeList().boolean(CKA_SIGN, true).number(CKA_KEY_TYPE, CKK_RSA).view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_ID, "rsa1").boolean(CKA_SIGN, false).view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_ID, "rsa").view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_LABEL, "rsa").view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_ISSUER, "").view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_PRIVATE_EXPONENT, "").view()));
  CHECK_FALSE(matches(key, AttributeList().text(CKA_CLASS, "\3").view()));
}

TEST_CASE("A certificate shows what stands in it, and the id of its key") {
  auto object = object_of(CKO_CERTIFICATE, p256_key());
  object.certificate = sample_certificate();
  REQUIRE(object.certificate);
  CHECK(number(object, CKA_CLASS) == CKO_CERTIFICATE);
  CHECK(number(object, CKA_CERTIFICATE_TYPE) == CKC_X_509);
  CHECK(number(object, CKA_CERTIFICATE_CATEGORY) == 0);
  CHECK_FALSE(flag(object, CKA_TRUSTED));
  CHECK_FALSE(flag(object, CKA_PRIVATE));
  CHECK(value(object, CKA_VALUE) == object.certificate->der());
  CHECK(to_hex(value(object, CKA_SUBJECT)) == "3011310f300d06035504030c0673616d706c65");
  CHECK(value(object, CKA_ISSUER) == value(object, CKA_SUBJECT));
  CHECK(to_hex(value(object, CKA_SERIAL_NUMBER)) == "020300cc18");
  CHECK(value(object, CKA_PUBLIC_KEY_INFO).size() == 91);
  CHECK(value(object, CKA_START_DATE) == to_bytes("20261121"));
  CHECK(value(object, CKA_END_DATE) == to_bytes("20810824"));
  CHECK(value(object, CKA_ID) == to_bytes("ec1"));
  CHECK(code(object, CKA_KEY_TYPE) == CKR_ATTRIBUTE_TYPE_INVALID);
}

TEST_CASE("A certificate is found by its serial number in DER and as a bare number") {
  auto object = object_of(CKO_CERTIFICATE, p256_key());
  object.certificate = sample_certificate();
  for (const auto* serial : {"020300cc18", "00cc18", "cc18"}) {
    CHECK(matches(object, AttributeList().hex(CKA_SERIAL_NUMBER, serial).view()));
  }
  for (const auto* serial : {"cc", "", "02020cc1", "18cc"}) {
    CHECK_FALSE(matches(object, AttributeList().hex(CKA_SERIAL_NUMBER, serial).view()));
  }
}

TEST_CASE("A label matches exactly; an unlabelled key is also found as one without a label") {
  auto key = rsa_key();
  CHECK(matches(object_of(CKO_PRIVATE_KEY, key), AttributeList().text(CKA_LABEL, "rsa1").view()));
  CHECK(matches(object_of(CKO_PRIVATE_KEY, key), AttributeList().text(CKA_LABEL, "").view()));
  key.label = "Web";
  CHECK(matches(object_of(CKO_PRIVATE_KEY, key), AttributeList().text(CKA_LABEL, "Web").view()));
  CHECK_FALSE(matches(object_of(CKO_PRIVATE_KEY, key), AttributeList().text(CKA_LABEL, "rsa1").view()));
  CHECK_FALSE(matches(object_of(CKO_PRIVATE_KEY, key), AttributeList().text(CKA_LABEL, "").view()));
}

TEST_CASE("Reading fills every entry that it can and returns the gravest code") {
  const auto key = object_of(CKO_PRIVATE_KEY, rsa_key(256));
  Bytes id(10), modulus(255), exponent(3), secret(500), label(4);
  CK_ATTRIBUTE attributes[] = {
      {CKA_ID, id.data(), id.size()},
      {CKA_MODULUS, modulus.data(), modulus.size()},
      {CKA_PUBLIC_EXPONENT, nullptr, 0},
      {CKA_PRIVATE_EXPONENT, secret.data(), secret.size()},
      {CKA_EC_POINT, secret.data(), secret.size()},
      {CKA_LABEL, label.data(), label.size()},
  };
  CHECK(read_attributes(key, attributes) == CKR_ATTRIBUTE_SENSITIVE);
  CHECK(attributes[0].ulValueLen == 4);
  CHECK(to_bytes(as_text(ByteView(id).first(4))) == to_bytes("rsa1"));
  CHECK(attributes[1].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(modulus == Bytes(255));
  CHECK(attributes[2].ulValueLen == 3);
  CHECK(attributes[3].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(attributes[4].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(label == to_bytes("rsa1"));

  attributes[3] = {CKA_PUBLIC_EXPONENT, exponent.data(), exponent.size()};
  CHECK(read_attributes(key, attributes) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(exponent == Bytes{1, 0, 1});
  CHECK(modulus == Bytes(255));  // its entry still has the length that the first call left
  attributes[4] = {CKA_MODULUS, nullptr, 0};
  attributes[1] = {CKA_MODULUS, modulus.data(), modulus.size()};
  CHECK(read_attributes(key, attributes) == CKR_BUFFER_TOO_SMALL);
  attributes[1] = {CKA_MODULUS, nullptr, 0};
  CHECK(read_attributes(key, attributes) == CKR_OK);
  CHECK(attributes[1].ulValueLen == 256);
}

TEST_CASE("Which classes a template can match is known without looking at objects") {
  CHECK(classes_that_can_match(Template()) == kDeviceClasses);
  CHECK(classes_that_can_match(AttributeList().token().view()) == kDeviceClasses);
  CHECK(classes_that_can_match(AttributeList().boolean(CKA_TOKEN, false).view()) == 0);
  CHECK(classes_that_can_match(AttributeList().object_class(CKO_PRIVATE_KEY).view()) == kPrivateClass);
  CHECK(classes_that_can_match(AttributeList().object_class(CKO_DATA).view()) == 0);
  CHECK(classes_that_can_match(AttributeList().object_class(0xce534351).view()) == 0);
  CHECK(classes_that_can_match(AttributeList().number(CKA_KEY_TYPE, CKK_RSA).view()) == kKeyClasses);
  CHECK(classes_that_can_match(AttributeList().boolean(CKA_PRIVATE, false).view()) ==
        (kPublicClass | kCertificateClass));
  CHECK(classes_that_can_match(AttributeList().text(CKA_SUBJECT, "x").view()) == kCertificateClass);
  CHECK(classes_that_can_match(AttributeList().boolean(CKA_SIGN_RECOVER, true).view()) == kPrivateClass);
  CHECK(classes_that_can_match(AttributeList().object_class(CKO_PRIVATE_KEY).text(CKA_ISSUER, "x").view()) ==
        0);
  CHECK(classes_that_can_match(AttributeList().boolean(CKA_TRUSTED, true).view()) == 0);
  CHECK(classes_that_can_match(AttributeList().text(CKA_PRIVATE_EXPONENT, "x").view()) == 0);
}

TEST_CASE("Attributes have names for messages") {
  CHECK(attribute_name(CKA_MODULUS) == "CKA_MODULUS");
  CHECK(attribute_name(0xcf534301) == "attribute 0xcf534301");
  CHECK(attribute_name(0x4000) == "attribute 0x4000");
}
