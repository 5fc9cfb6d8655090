// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

CK_RV create(TokenSession& token, Attributes wanted, CK_OBJECT_HANDLE* object) {
  return token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), object);
}

Attributes private_key(std::string_view id, CK_KEY_TYPE type) {
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, type).flag(CKA_TOKEN, true).text(CKA_ID, id);
  return wanted;
}

Bytes big_number(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw std::runtime_error(name);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_clear_free(number);
  return bytes;
}

}  // namespace

TEST_CASE("A search matches all attributes of its template, and exactly") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string id = unique_id("find");
  const auto ed = token.generate_ed25519(id);
  const auto rsa = token.generate_rsa(id + "-2", 1024);
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
  CHECK(token.find(Attributes().text(CKA_ID, id).number(CKA_CLASS, CKO_PRIVATE_KEY)) ==
        std::vector{ed.private_key});
  CHECK(token.find(Attributes().text(CKA_ID, id).number(CKA_KEY_TYPE, CKK_RSA)).empty());
  CHECK(token.find(Attributes().bytes(CKA_MODULUS, token.attribute(rsa.public_key, CKA_MODULUS))).size() ==
        2);
  CHECK(token.find(Attributes().text(CKA_ID, id).flag(CKA_SIGN, true)) == std::vector{ed.private_key});
  CHECK(token.find(Attributes().text(CKA_ID, id.substr(0, id.size() - 1))).empty());
}

TEST_CASE("A search finds the same objects however many are taken at a time") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string id = unique_id("page");
  for (const char* suffix : {"a", "b", "c"}) token.generate_ed25519(id + suffix);
  const auto all = token.find({}, 1024);
  CHECK(all.size() >= 6);
  CHECK(token.find({}, 1) == all);
  CHECK(token.find({}, 5) == all);
  CHECK(std::set(all.begin(), all.end()).size() == all.size());
  for (const CK_OBJECT_HANDLE object : all) {
    CK_ULONG size = 0;
    CHECK(token.module->C_GetObjectSize(token.session, object, &size) == CKR_OK);
  }
}

TEST_CASE("Searches are begun, continued and ended in this order") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_ULONG count = 0;
  CHECK(token.module->C_FindObjects(token.session, &object, 1, &count) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(token.module->C_FindObjectsInit(99999, nullptr, 0) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_FindObjectsInit(token.session, nullptr, 1) == CKR_ARGUMENTS_BAD);
  REQUIRE(token.module->C_FindObjectsInit(token.session, nullptr, 0) == CKR_OK);
  CHECK(token.module->C_FindObjectsInit(token.session, nullptr, 0) == CKR_OPERATION_ACTIVE);
  CHECK(token.module->C_FindObjects(token.session, nullptr, 1, &count) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_FindObjects(token.session, &object, 1, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OK);
  CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("C_GetAttributeValue fills what it can and says which it cannot") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("mixed"), 1024);
  CK_ULONG object_class = 0;
  CK_BYTE short_buffer[3];
  CK_ATTRIBUTE wanted[] = {
      {CKA_CLASS, &object_class, sizeof object_class},
      {CKA_PRIVATE_EXPONENT, nullptr, 0},
      {CKA_VENDOR_DEFINED | 77, nullptr, 0},
      {CKA_MODULUS, short_buffer, sizeof short_buffer},
      {CKA_MODULUS, nullptr, 0},
  };
  const CK_RV rv =
      token.module->C_GetAttributeValue(token.session, pair.private_key, wanted, std::size(wanted));
  const bool one_of =
      rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_BUFFER_TOO_SMALL;
  CHECK(one_of);
  CHECK(object_class == CKO_PRIVATE_KEY);
  CHECK(wanted[1].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(wanted[2].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(wanted[3].ulValueLen == CK_UNAVAILABLE_INFORMATION);
  CHECK(wanted[4].ulValueLen == 128);

  CHECK(token.module->C_GetAttributeValue(token.session, 999999, wanted, 1) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(token.module->C_GetAttributeValue(99999, pair.private_key, wanted, 1) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_GetAttributeValue(token.session, pair.private_key, nullptr, 1) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("An imported RSA key signs as its original does, and does not claim to be generated here") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const EvpKey original(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), EVP_PKEY_free);
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  Attributes wanted = private_key(unique_id("import"), CKK_RSA);
  wanted.bytes(CKA_MODULUS, big_number(original.get(), OSSL_PKEY_PARAM_RSA_N))
      .bytes(CKA_PUBLIC_EXPONENT, big_number(original.get(), OSSL_PKEY_PARAM_RSA_E))
      .bytes(CKA_PRIVATE_EXPONENT, big_number(original.get(), OSSL_PKEY_PARAM_RSA_D))
      .bytes(CKA_PRIME_1, big_number(original.get(), OSSL_PKEY_PARAM_RSA_FACTOR1))
      .bytes(CKA_PRIME_2, big_number(original.get(), OSSL_PKEY_PARAM_RSA_FACTOR2));
  REQUIRE(create(token, wanted, &key) == CKR_OK);
  const auto signature = token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, key, as_bytes("data"));
  REQUIRE(signature.rv == CKR_OK);
  CHECK(rsa_verifies(original, as_bytes("data"), signature.bytes, {.digest = "SHA256"}));
  CHECK_FALSE(token.flag(key, CKA_LOCAL));
  CHECK(token.number(key, CKA_KEY_GEN_MECHANISM) == CK_UNAVAILABLE_INFORMATION);
  token.destroy(key);
}

TEST_CASE("An imported EC key signs as its original does") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const EvpKey original(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  Bytes scalar = big_number(original.get(), OSSL_PKEY_PARAM_PRIV_KEY);
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  Attributes wanted = private_key(unique_id("import"), CKK_EC);
  wanted.bytes(CKA_EC_PARAMS, ec_params(kCurves[0])).bytes(CKA_VALUE, scalar);
  REQUIRE(create(token, wanted, &key) == CKR_OK);
  const auto signature = token.sign({CKM_ECDSA_SHA256, nullptr, 0}, key, as_bytes("data"));
  REQUIRE(signature.rv == CKR_OK);
  CHECK(ecdsa_verifies(original, as_bytes("data"), signature.bytes, "SHA256"));
  token.destroy(key);
}

TEST_CASE("A certificate is stored with its key, found with it, and goes without it") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string id = unique_id("certificate");
  const auto pair = token.generate_rsa(id);
  const Bytes der = any_certificate("integration test");
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509).flag(CKA_TOKEN, true);
  wanted.text(CKA_ID, id).bytes(CKA_VALUE, der);
  CK_OBJECT_HANDLE certificate = CK_INVALID_HANDLE;
  REQUIRE(create(token, wanted, &certificate) == CKR_OK);
  CHECK(token.attribute(certificate, CKA_VALUE) == der);
  CHECK(token.find(Attributes().text(CKA_ID, id).number(CKA_CLASS, CKO_CERTIFICATE)) ==
        std::vector{certificate});
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 3);

  REQUIRE(token.module->C_DestroyObject(token.session, certificate) == CKR_OK);
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
  CHECK(token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
}

TEST_CASE("An id that NetHSM could not have is kept all the same") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  std::string id = unique_id("binary");
  id.push_back('\0');
  id.push_back('\xff');
  const auto pair = token.generate_ed25519(id);
  CHECK(token.attribute(pair.private_key, CKA_ID) == to_bytes(id));
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
}
