// SPDX-License-Identifier: Apache-2.0
// Parameters of mechanisms that have none, in every function that takes a mechanism.
#include <functional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE(
    "Every function but C_DigestInit refuses a parameter of a mechanism that has none, and begins nothing") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto& module = token.module;
  const CK_SESSION_HANDLE session = token.session;
  const auto rsa = token.generate_rsa(unique_id("parameter"));
  Bytes signature(256, 1);
  Attributes secret = Attributes().number(CKA_VALUE_LEN, 32);
  Attributes bits = Attributes().number(CKA_MODULUS_BITS, 2048);
  Attributes none;
  CK_OBJECT_HANDLE made[2] = {};
  struct Function {
    const char* name;
    CK_MECHANISM_TYPE type;
    std::function<CK_RV(CK_MECHANISM*)> call;
  };
  const std::vector<Function> functions = {
      {"C_SignInit", CKM_SHA256_RSA_PKCS,
       [&](auto* m) { return module->C_SignInit(session, m, rsa.private_key); }},
      {"C_SignRecoverInit", CKM_RSA_PKCS,
       [&](auto* m) { return module->C_SignRecoverInit(session, m, rsa.private_key); }},
      {"C_VerifyInit", CKM_SHA256_RSA_PKCS,
       [&](auto* m) { return module->C_VerifyInit(session, m, rsa.public_key); }},
      {"C_VerifyRecoverInit", CKM_RSA_PKCS,
       [&](auto* m) { return module->C_VerifyRecoverInit(session, m, rsa.public_key); }},
      {"C_VerifySignatureInit", CKM_SHA256_RSA_PKCS,
       [&](auto* m) {
         return module->C_VerifySignatureInit(session, m, rsa.public_key, signature.data(), signature.size());
       }},
      {"C_EncryptInit", CKM_RSA_PKCS,
       [&](auto* m) { return module->C_EncryptInit(session, m, rsa.public_key); }},
      {"C_DecryptInit", CKM_RSA_PKCS,
       [&](auto* m) { return module->C_DecryptInit(session, m, rsa.private_key); }},
      {"C_GenerateKey", CKM_AES_KEY_GEN,
       [&](auto* m) { return module->C_GenerateKey(session, m, secret.data(), secret.size(), &made[0]); }},
      {"C_GenerateKeyPair", CKM_RSA_PKCS_KEY_PAIR_GEN,
       [&](auto* m) {
         return module->C_GenerateKeyPair(session, m, bits.data(), bits.size(), none.data(), none.size(),
                                          &made[0], &made[1]);
       }},
  };
  CK_BYTE parameter[16] = {};
  for (const Function& function : functions) {
    CAPTURE(function.name);
    CK_MECHANISM mechanism{function.type, parameter, sizeof parameter};
    CHECK(function.call(&mechanism) == CKR_MECHANISM_PARAM_INVALID);
    // An address without bytes is what some applications have for none.
    mechanism.ulParameterLen = 0;
    CHECK(function.call(&mechanism) == CKR_OK);
    for (CK_OBJECT_HANDLE& object : made) {
      if (object != CK_INVALID_HANDLE) CHECK(module->C_DestroyObject(session, object) == CKR_OK);
      object = CK_INVALID_HANDLE;
    }
    CHECK(module->C_SessionCancel(session, CKF_VERIFY) == CKR_OK);  // C_VerifyInit and C_VerifySignatureInit
  }
}

TEST_CASE("Digests do not look at parameters, as PowerDNS passes what happens to be in its memory") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_BYTE parameter[16] = {};
  CK_MECHANISM mechanism{CKM_SHA256, parameter, GENERATE(CK_ULONG{0}, CK_ULONG{16}, ~CK_ULONG{0})};
  CHECK(token.module->C_DigestInit(token.session, &mechanism) == CKR_OK);
}

TEST_CASE("EdDSA with a parameter would be another scheme than the device's, even with an empty context") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("parameter"));
  CK_EDDSA_PARAMS parameter{CK_FALSE, 0, nullptr};
  CK_MECHANISM mechanism{CKM_EDDSA, &parameter, sizeof parameter};
  CHECK(token.module->C_SignInit(token.session, &mechanism, pair.private_key) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(token.module->C_VerifyInit(token.session, &mechanism, pair.public_key) ==
        CKR_MECHANISM_PARAM_INVALID);
  parameter.phFlag = CK_TRUE;
  CHECK(token.module->C_SignInit(token.session, &mechanism, pair.private_key) == CKR_MECHANISM_PARAM_INVALID);
}
