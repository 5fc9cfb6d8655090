// SPDX-License-Identifier: Apache-2.0
#include "token/plans.h"

#include <cstring>

#include "attribute_list.h"
#include "sample_keys.h"

using namespace nethsm;
using namespace nethsm::token;
using M = api::Mechanism;
using Input = SignPlan::Input;

namespace {

CK_MECHANISM plain(CK_MECHANISM_TYPE type) { return {type, nullptr, 0}; }

template <class Parameter>
CK_MECHANISM with(CK_MECHANISM_TYPE type, Parameter& parameter) {
  return {type, &parameter, sizeof parameter};
}

Object private_key(api::Key key) { return object_of(CKO_PRIVATE_KEY, std::move(key)); }
Object secret_key(api::Key key) { return object_of(CKO_SECRET_KEY, std::move(key)); }

}  // namespace

TEST_CASE("RSA PKCS#1 signatures are as long as the modulus") {
  const auto raw = plan_sign(plain(CKM_RSA_PKCS), private_key(rsa_key(256)));
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaSignaturePkcs1);
  CHECK(raw->input == Input::kMessage);
  CHECK_FALSE(raw->digest);
  CHECK(raw->max_input == 245);
  CHECK(raw->signature_length == 256);

  const auto hashed = plan_sign(plain(CKM_SHA384_RSA_PKCS), private_key(rsa_key(384)));
  REQUIRE(hashed);
  CHECK(hashed->input == Input::kDigestInfo);
  CHECK(hashed->digest == crypto::DigestAlgorithm::kSha384);
  CHECK(hashed->signature_length == 384);
}

TEST_CASE("PSS is what the device does: salt and mask of the hash itself") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  const auto key = private_key(rsa_key());

  const auto raw = plan_sign(with(CKM_RSA_PKCS_PSS, pss), key);
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaSignaturePssSha256);
  CHECK(raw->input == Input::kDigest);
  CHECK(raw->exact_input == 32);
  CHECK_FALSE(raw->digest);

  const auto hashed = plan_sign(with(CKM_SHA256_RSA_PKCS_PSS, pss), key);
  REQUIRE(hashed);
  CHECK(hashed->digest == crypto::DigestAlgorithm::kSha256);
  CHECK(hashed->exact_input == 32);
}

TEST_CASE("PSS in any other way is refused") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  SECTION("another salt length") { pss.sLen = 20; }
  SECTION("a maximal salt length") { pss.sLen = 222; }
  SECTION("another mask function") { pss.mgf = CKG_MGF1_SHA1; }
  SECTION("another hash than the mechanism's") { pss = {CKM_SHA512, CKG_MGF1_SHA512, 64}; }
  SECTION("a hash that the device does not know") { pss.hashAlg = CKM_MD5; }
  CHECK(rv(plan_sign(with(CKM_SHA256_RSA_PKCS_PSS, pss), private_key(rsa_key()))) ==
        CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("Parameters that are missing or of another size are refused") {
  const auto key = private_key(rsa_key());
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  auto mechanism = with(CKM_RSA_PKCS_PSS, pss);
  mechanism.ulParameterLen -= 1;
  CHECK(rv(plan_sign(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS_PSS), key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_SHA1_RSA_PKCS_PSS), key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_decrypt(plain(CKM_RSA_PKCS_OAEP), key)) == CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("ECDSA signatures are twice the order long, digests fit the curve") {
  struct Curve {
    api::KeyType type;
    std::size_t point, device_digest, signature;
  };
  const auto curve = GENERATE(
      Curve{api::KeyType::kEcP256, 65, 32, 64}, Curve{api::KeyType::kEcP384, 97, 48, 96},
      Curve{api::KeyType::kEcP521, 133, 64, 132}, Curve{api::KeyType::kEcP256K1, 65, 32, 64},
      Curve{api::KeyType::kBrainpoolP256, 65, 32, 64}, Curve{api::KeyType::kBrainpoolP384, 97, 48, 96},
      Curve{api::KeyType::kBrainpoolP512, 129, 64, 128});
  const auto plan = plan_sign(plain(CKM_ECDSA), private_key(curve_key(curve.type, curve.point)));
  REQUIRE(plan);
  CHECK(plan->mode == M::kEcdsaSignature);
  CHECK(plan->input == Input::kEcdsa);
  CHECK(plan->exact_input == curve.device_digest);
  CHECK(plan->signature_length == curve.signature);
  // Of a digest that is longer than the device takes, P-521 would need more than the device takes.
  CHECK((plan->max_input == SIZE_MAX) == (curve.type != api::KeyType::kEcP521));
}

TEST_CASE("The device takes 64 bytes for P-521 and no more") {
  const auto plan = plan_sign(plain(CKM_ECDSA), private_key(curve_key(api::KeyType::kEcP521, 133)));
  CHECK(plan->max_input == 64);
}

TEST_CASE("EdDSA signs pure messages only") {
  const auto key = private_key(ed25519_key());
  const auto plan = plan_sign(plain(CKM_EDDSA), key);
  REQUIRE(plan);
  CHECK(plan->mode == M::kEdDsaSignature);
  CHECK(plan->signature_length == 64);
  CHECK(plan->max_input == SIZE_MAX);

  CK_EDDSA_PARAMS parameter{CK_FALSE, 0, nullptr};
  CHECK(plan_sign(with(CKM_EDDSA, parameter), key));
  parameter.phFlag = CK_TRUE;
  CHECK(rv(plan_sign(with(CKM_EDDSA, parameter), key)) == CKR_MECHANISM_PARAM_INVALID);
  CK_BYTE context = 1;
  parameter = {CK_FALSE, 1, &context};
  CHECK(rv(plan_sign(with(CKM_EDDSA, parameter), key)) == CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("RSA decryption takes ciphertexts of the modulus' length") {
  const auto key = private_key(rsa_key(256));
  const auto pkcs1 = plan_decrypt(plain(CKM_RSA_PKCS), key);
  REQUIRE(pkcs1);
  CHECK(pkcs1->mode == M::kRsaDecryptionPkcs1);
  CHECK(pkcs1->exact_input == 256);
  CHECK(pkcs1->max_output == 245);
  CHECK(pkcs1->block == 0);

  const auto raw = plan_decrypt(plain(CKM_RSA_X_509), key);
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaDecryptionRaw);
  CHECK(raw->max_output == 256);
}

TEST_CASE("OAEP is what the device does: no label, one hash") {
  const auto key = private_key(rsa_key(256));
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  const auto plan = plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key);
  REQUIRE(plan);
  CHECK(plan->mode == M::kRsaDecryptionOaepSha256);
  CHECK(plan->max_output == 190);

  SECTION("pkcs11-tool gives no source") {
    oaep.source = 0;
    CHECK(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key));
  }
  SECTION("a missing mask function is the hash's own") {
    oaep = {CKM_SHA_1, 0, CKZ_DATA_SPECIFIED, nullptr, 0};
    CHECK(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key)->mode == M::kRsaDecryptionOaepSha1);
  }
  SECTION("another mask function is refused") {
    oaep.mgf = CKG_MGF1_SHA1;
    CHECK(rv(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key)) == CKR_MECHANISM_PARAM_INVALID);
  }
  SECTION("a label is refused in a way that pkcs11-tool --test skips") {
    char label[] = "ABC";
    oaep.pSourceData = label;
    oaep.ulSourceDataLen = 3;
    CHECK(rv(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key)) == CKR_MECHANISM_PARAM_INVALID);
  }
}

TEST_CASE("AES-CBC needs an IV of one block") {
  const auto key = secret_key(generic_key());
  Bytes iv(16, 9);
  CK_MECHANISM mechanism{CKM_AES_CBC, iv.data(), 16};
  const auto decrypt = plan_decrypt(mechanism, key);
  REQUIRE(decrypt);
  CHECK(decrypt->mode == M::kAesDecryptionCbc);
  CHECK(decrypt->block == 16);
  CHECK(decrypt->iv->at(15) == 9);
  const auto encrypt = plan_encrypt(mechanism, key);
  REQUIRE(encrypt);
  CHECK(encrypt->mode == M::kAesEncryptionCbc);
  CHECK(encrypt->iv[0] == 9);
  mechanism.ulParameterLen = 15;
  CHECK(rv(plan_encrypt(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_decrypt(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("A mechanism is offered for its uses, its type of key and its half of the pair") {
  const auto rsa = private_key(rsa_key());
  CHECK(rv(plan_sign(plain(CKM_AES_GCM), rsa)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_X_509), rsa)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS_KEY_PAIR_GEN), rsa)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_encrypt(plain(CKM_RSA_PKCS), rsa)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), private_key(p256_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_sign(plain(CKM_ECDSA), private_key(ed25519_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_decrypt(plain(CKM_RSA_PKCS), secret_key(generic_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), object_of(CKO_PUBLIC_KEY, rsa_key()))) ==
        CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), object_of(CKO_CERTIFICATE, rsa_key()))) == CKR_KEY_HANDLE_INVALID);
}

TEST_CASE("A key is used only for what its NetHSM mechanisms permit") {
  const auto sign_only = private_key(rsa_key(256, {M::kRsaSignaturePkcs1}));
  CHECK(plan_sign(plain(CKM_SHA256_RSA_PKCS), sign_only));
  CHECK(rv(plan_decrypt(plain(CKM_RSA_PKCS), sign_only)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  CHECK(rv(plan_sign(with(CKM_RSA_PKCS_PSS, pss), sign_only)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  Bytes iv(16);
  const CK_MECHANISM cbc{CKM_AES_CBC, iv.data(), 16};
  CHECK(rv(plan_encrypt(cbc, secret_key(generic_key({M::kAesDecryptionCbc})))) ==
        CKR_KEY_FUNCTION_NOT_PERMITTED);
}

TEST_CASE("A modulus that is too short for the padding is found out before the device is asked") {
  const auto key = private_key(rsa_key(64));
  CHECK(plan_sign(plain(CKM_RSA_PKCS), key)->max_input == 53);
  CHECK(plan_sign(plain(CKM_SHA256_RSA_PKCS), key));
  CHECK(rv(plan_sign(plain(CKM_SHA512_RSA_PKCS), key)) == CKR_KEY_SIZE_RANGE);
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  CHECK(rv(plan_sign(with(CKM_RSA_PKCS_PSS, pss), key)) == CKR_KEY_SIZE_RANGE);
}
