// SPDX-License-Identifier: Apache-2.0
#include "token/plans.h"

#include <cstring>

#include "attribute_list.h"
#include "sample_keys.h"

using namespace nethsm;
using namespace nethsm::token;
using M = api::Mechanism;
using Padding = RsaCipher::Padding;

namespace {

CK_MECHANISM plain(CK_MECHANISM_TYPE type) { return {type, nullptr, 0}; }

template <class Parameter>
CK_MECHANISM with(CK_MECHANISM_TYPE type, Parameter& parameter) {
  return {type, &parameter, sizeof parameter};
}

Object private_key(api::Key key) { return object_of(CKO_PRIVATE_KEY, std::move(key)); }
Object public_half(api::Key key) { return object_of(CKO_PUBLIC_KEY, std::move(key)); }
Object secret_key(api::Key key) { return object_of(CKO_SECRET_KEY, std::move(key)); }

template <class Plan>
const RsaCipher& rsa(const Plan& plan) {
  return std::get<RsaCipher>(plan.cipher);
}
template <class Plan>
const CbcCipher& cbc(const Plan& plan) {
  return std::get<CbcCipher>(plan.cipher);
}

}  // namespace

TEST_CASE("RSA PKCS#1 signatures are as long as the modulus") {
  const auto raw = plan_sign(plain(CKM_RSA_PKCS), private_key(rsa_key(256)));
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaSignaturePkcs1);
  CHECK(raw->scheme == Scheme::kPkcs1);
  CHECK_FALSE(raw->digest);
  CHECK(raw->max_input == 245);
  CHECK(raw->signature_length == 256);

  const auto hashed = plan_sign(plain(CKM_SHA384_RSA_PKCS), private_key(rsa_key(384)));
  REQUIRE(hashed);
  CHECK(hashed->scheme == Scheme::kPkcs1);
  CHECK(hashed->digest == crypto::DigestAlgorithm::kSha384);
  CHECK(hashed->signature_length == 384);
}

TEST_CASE("PSS is what the device does: salt and mask of the hash itself") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  const auto key = private_key(rsa_key());

  const auto raw = plan_sign(with(CKM_RSA_PKCS_PSS, pss), key);
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaSignaturePssSha256);
  CHECK(raw->scheme == Scheme::kPss);
  CHECK(raw->exact_input == 32);
  CHECK_FALSE(raw->digest);

  const auto hashed = plan_sign(with(CKM_SHA256_RSA_PKCS_PSS, pss), key);
  REQUIRE(hashed);
  CHECK(hashed->digest == crypto::DigestAlgorithm::kSha256);
  CHECK(hashed->exact_input == 32);
}

TEST_CASE("PSS in any other way is padded by the module, if the key has the raw operation") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  auto type = CK_MECHANISM_TYPE{CKM_SHA256_RSA_PKCS_PSS};
  SECTION("another salt length") { pss.sLen = 20; }
  SECTION("no salt") { pss.sLen = 0; }
  SECTION("the maximal salt length") { pss.sLen = 222; }
  SECTION("another mask function") { pss.mgf = CKG_MGF1_SHA1; }
  SECTION("a hash that the device does not have") {
    type = CKM_RSA_PKCS_PSS;
    pss = {CKM_SHA3_256, CKG_MGF1_SHA3_256, 32};
  }
  const auto plan = plan_sign(with(type, pss), private_key(rsa_key()));
  REQUIRE(plan);
  CHECK(plan->mode == M::kRsaDecryptionRaw);
  CHECK(plan->pss.salt_length == pss.sLen);
  CHECK(plan->exact_input == 32);

  const auto all = api::mechanisms_of(api::KeyType::kRsa);
  const auto refused =
      plan_sign(with(type, pss), private_key(rsa_key(256, all.without(M::kRsaDecryptionRaw))));
  CHECK(rv(refused) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(refused.error().message.find("RSA_Decryption_RAW") != std::string::npos);
}

TEST_CASE("The mechanisms of PSS over SHA-3 need the raw operation whatever the parameter") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA3_512, CKG_MGF1_SHA3_512, 64};
  const auto mechanism = with(CKM_SHA3_512_RSA_PKCS_PSS, pss);
  CHECK(plan_sign(mechanism, private_key(rsa_key(256, {M::kRsaDecryptionRaw})))->mode ==
        M::kRsaDecryptionRaw);
  CHECK(rv(plan_sign(mechanism, private_key(rsa_key(256, {M::kRsaSignaturePssSha512})))) ==
        CKR_MECHANISM_INVALID);
}

TEST_CASE("PSS parameters that make no sense are refused") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  SECTION("a salt that is too long for the key") { pss.sLen = 223; }
  SECTION("a salt length beyond all bounds") { pss.sLen = CK_UNAVAILABLE_INFORMATION; }
  SECTION("another hash than the mechanism's") { pss = {CKM_SHA512, CKG_MGF1_SHA512, 64}; }
  SECTION("an unknown hash") { pss.hashAlg = CKM_MD5; }
  SECTION("an unknown mask function") { pss.mgf = 99; }
  CHECK(rv(plan_sign(with(CKM_SHA256_RSA_PKCS_PSS, pss), private_key(rsa_key()))) ==
        CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_verify(with(CKM_SHA256_RSA_PKCS_PSS, pss), public_half(rsa_key()))) ==
        CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("A mask function that is left out is that of the hash") {
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA384, 0, 48};
  CHECK(plan_sign(with(CKM_RSA_PKCS_PSS, pss), private_key(rsa_key()))->mode == M::kRsaSignaturePssSha384);
}

TEST_CASE("The raw operation stands in for modes that a key does not have") {
  const auto raw_only = private_key(rsa_key(256, {M::kRsaDecryptionRaw}));
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  for (const CK_MECHANISM_TYPE type :
       {CKM_RSA_PKCS, CKM_RSA_X_509, CKM_SHA256_RSA_PKCS, CKM_SHA3_256_RSA_PKCS}) {
    CHECK(plan_sign(plain(type), raw_only)->mode == M::kRsaDecryptionRaw);
  }
  CHECK(plan_sign(with(CKM_RSA_PKCS_PSS, pss), raw_only)->mode == M::kRsaDecryptionRaw);
  CHECK(plan_decrypt(plain(CKM_RSA_PKCS), raw_only)->mode == M::kRsaDecryptionRaw);
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
  CHECK(plan->scheme == Scheme::kEcdsa);
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

  // Ed25519ctx and Ed25519ph, also without a context.
  CK_BYTE context = 1;
  for (CK_EDDSA_PARAMS parameter :
       {CK_EDDSA_PARAMS{CK_FALSE, 0, nullptr}, {CK_TRUE, 0, nullptr}, {CK_FALSE, 1, &context}}) {
    const CK_MECHANISM mechanism = with(CKM_EDDSA, parameter);
    CHECK(rv(plan_sign(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
    CHECK(rv(plan_verify(mechanism, public_half(ed25519_key()))) == CKR_MECHANISM_PARAM_INVALID);
  }
}

TEST_CASE("RSA decryption takes ciphertexts of the modulus' length") {
  const auto key = private_key(rsa_key(256));
  const auto pkcs1 = plan_decrypt(plain(CKM_RSA_PKCS), key);
  REQUIRE(pkcs1);
  CHECK(pkcs1->mode == M::kRsaDecryptionPkcs1);
  CHECK(rsa(*pkcs1).modulus == 256);
  CHECK(rsa(*pkcs1).max_plain == 245);

  const auto raw = plan_decrypt(plain(CKM_RSA_X_509), key);
  REQUIRE(raw);
  CHECK(raw->mode == M::kRsaDecryptionRaw);
  CHECK(rsa(*raw).padding == Padding::kNone);
  CHECK(rsa(*raw).max_plain == 256);
}

TEST_CASE("OAEP with one hash and no label is the device's") {
  const auto key = private_key(rsa_key(256));
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  const auto plan = plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key);
  REQUIRE(plan);
  CHECK(plan->mode == M::kRsaDecryptionOaepSha256);
  CHECK(rsa(*plan).max_plain == 190);

  SECTION("pkcs11-tool gives no source") {
    oaep.source = 0;
    CHECK(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key));
  }
  SECTION("a missing mask function is the hash's own") {
    oaep = {CKM_SHA_1, 0, CKZ_DATA_SPECIFIED, nullptr, 0};
    CHECK(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), key)->mode == M::kRsaDecryptionOaepSha1);
  }
}

TEST_CASE("OAEP in any other way is taken off by the module, if the key has the raw operation") {
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  char label[] = "ABC";
  SECTION("another mask function: Java's default") { oaep.mgf = CKG_MGF1_SHA1; }
  SECTION("a label") {
    oaep.pSourceData = label;
    oaep.ulSourceDataLen = 3;
  }
  SECTION("a hash that the device does not have") { oaep.hashAlg = CKM_SHA3_256; }
  const auto mechanism = with(CKM_RSA_PKCS_OAEP, oaep);
  const auto plan = plan_decrypt(mechanism, private_key(rsa_key()));
  REQUIRE(plan);
  CHECK(plan->mode == M::kRsaDecryptionRaw);
  CHECK(rsa(*plan).padding == Padding::kOaep);
  CHECK(as_text(rsa(*plan).oaep.label) == (oaep.ulSourceDataLen != 0 ? "ABC" : ""));

  // In a way that pkcs11-tool --test skips.
  const auto all = api::mechanisms_of(api::KeyType::kRsa);
  const auto refused = plan_decrypt(mechanism, private_key(rsa_key(256, all.without(M::kRsaDecryptionRaw))));
  CHECK(rv(refused) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(refused.error().message.find("RSA_Decryption_RAW") != std::string::npos);
}

TEST_CASE("OAEP parameters that make no sense are refused") {
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  char label[] = "ABC";
  SECTION("an unknown source") { oaep.source = 2; }
  SECTION("a label without its source") { oaep = {CKM_SHA256, CKG_MGF1_SHA256, 0, label, 3}; }
  SECTION("a missing label") { oaep.ulSourceDataLen = 3; }
  SECTION("an unknown hash") { oaep.hashAlg = CKM_MD5; }
  CHECK(rv(plan_decrypt(with(CKM_RSA_PKCS_OAEP, oaep), private_key(rsa_key()))) ==
        CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_encrypt(with(CKM_RSA_PKCS_OAEP, oaep), public_half(rsa_key()))) ==
        CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("RSA encryption is done with the public key and whatever OAEP can be") {
  const auto key = public_half(rsa_key(256, {M::kRsaDecryptionOaepSha1}));
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA3_256, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  const auto plan = plan_encrypt(with(CKM_RSA_PKCS_OAEP, oaep), key);
  REQUIRE(plan);
  CHECK(rsa(*plan).max_plain == 190);
  // Nobody could decrypt that.
  CHECK(rv(plan_encrypt(plain(CKM_RSA_PKCS), key)) == CKR_MECHANISM_INVALID);
}

TEST_CASE("Signatures are verified with the public key, for mechanisms that the private one has") {
  const auto key = public_half(rsa_key(256, {M::kRsaSignaturePkcs1}));
  CHECK(plan_verify(plain(CKM_SHA3_384_RSA_PKCS), key)->signature_length == 256);
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  CHECK(rv(plan_verify(with(CKM_RSA_PKCS_PSS, pss), key)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_verify(plain(CKM_RSA_PKCS), private_key(rsa_key()))) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  // Of any digest, unlike signing.
  CHECK(plan_verify(plain(CKM_ECDSA), public_half(curve_key(api::KeyType::kEcP521, 133)))->max_input ==
        SIZE_MAX);
}

TEST_CASE("Only CKM_RSA_PKCS and CKM_RSA_X_509 give the data back") {
  for (const CK_MECHANISM_TYPE type : {CKM_RSA_PKCS, CKM_RSA_X_509}) {
    CHECK(plan_sign(plain(type), private_key(rsa_key()), CKF_SIGN_RECOVER));
    CHECK(plan_verify(plain(type), public_half(rsa_key()), CKF_VERIFY_RECOVER));
  }
  CHECK(rv(plan_sign(plain(CKM_SHA256_RSA_PKCS), private_key(rsa_key()), CKF_SIGN_RECOVER)) ==
        CKR_MECHANISM_INVALID);
}

TEST_CASE("CMAC needs encryption, and shows 16 bytes or as many as asked for") {
  const auto key = secret_key(generic_key());
  CHECK(plan_sign(plain(CKM_AES_CMAC), key)->signature_length == 16);
  CK_MAC_GENERAL_PARAMS length = GENERATE(1UL, 4UL, 16UL);
  CHECK(plan_sign(with(CKM_AES_CMAC_GENERAL, length), key)->signature_length == length);
  CHECK(plan_verify(with(CKM_AES_CMAC_GENERAL, length), key)->signature_length == length);
  length = length == 16 ? 17 : 0;
  CHECK(rv(plan_sign(with(CKM_AES_CMAC_GENERAL, length), key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_AES_CMAC), secret_key(generic_key({M::kAesDecryptionCbc})))) ==
        CKR_KEY_FUNCTION_NOT_PERMITTED);
}

TEST_CASE("AES-CBC needs an IV of one block") {
  const auto key = secret_key(generic_key());
  const auto type = GENERATE(CK_MECHANISM_TYPE{CKM_AES_CBC}, CK_MECHANISM_TYPE{CKM_AES_CBC_PAD});
  Bytes iv(16, 9);
  CK_MECHANISM mechanism{type, iv.data(), 16};
  const auto decrypt = plan_decrypt(mechanism, key);
  REQUIRE(decrypt);
  CHECK(decrypt->mode == M::kAesDecryptionCbc);
  CHECK(cbc(*decrypt).iv[15] == 9);
  CHECK(cbc(*decrypt).padded == (type == CKM_AES_CBC_PAD));
  const auto encrypt = plan_encrypt(mechanism, key);
  REQUIRE(encrypt);
  CHECK(encrypt->mode == M::kAesEncryptionCbc);
  CHECK(cbc(*encrypt).iv[0] == 9);
  mechanism.ulParameterLen = 15;
  CHECK(rv(plan_encrypt(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(rv(plan_decrypt(mechanism, key)) == CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("A mechanism is offered for its uses, its type of key and its half of the pair") {
  const auto key = private_key(rsa_key());
  CHECK(rv(plan_sign(plain(CKM_AES_GCM), key)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS_OAEP), key)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS_KEY_PAIR_GEN), key)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_encrypt(plain(CKM_RSA_PKCS), key)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(rv(plan_encrypt(plain(CKM_SHA256_RSA_PKCS), key)) == CKR_MECHANISM_INVALID);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), private_key(p256_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_sign(plain(CKM_ECDSA), private_key(ed25519_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_decrypt(plain(CKM_RSA_PKCS), secret_key(generic_key()))) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), object_of(CKO_PUBLIC_KEY, rsa_key()))) ==
        CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(rv(plan_sign(plain(CKM_RSA_PKCS), object_of(CKO_CERTIFICATE, rsa_key()))) == CKR_KEY_HANDLE_INVALID);
}

TEST_CASE(
    "What its NetHSM mechanisms lack is refused: the mechanism, or the whole use if there is nothing of it") {
  const auto sign_only = private_key(rsa_key(256, {M::kRsaSignaturePkcs1}));
  CHECK(plan_sign(plain(CKM_SHA256_RSA_PKCS), sign_only));
  CHECK(rv(plan_decrypt(plain(CKM_RSA_PKCS), sign_only)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  CHECK(rv(plan_sign(with(CKM_RSA_PKCS_PSS, pss), sign_only)) == CKR_MECHANISM_INVALID);
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
