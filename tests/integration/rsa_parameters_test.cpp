// SPDX-License-Identifier: Apache-2.0
// What the device has no mode for: the module pads and unpads around the raw operation, or says no.
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/hashes.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_MECHANISM kX509{CKM_RSA_X_509, nullptr, 0};
constexpr CK_MECHANISM kPkcs{CKM_RSA_PKCS, nullptr, 0};

CK_MECHANISM with(CK_RSA_PKCS_PSS_PARAMS& parameter) {
  return {CKM_RSA_PKCS_PSS, &parameter, sizeof parameter};
}
CK_MECHANISM with(CK_RSA_PKCS_OAEP_PARAMS& parameter) {
  return {CKM_RSA_PKCS_OAEP, &parameter, sizeof parameter};
}

}  // namespace

TEST_CASE("PSS with every hash, mask function and salt length, over the raw operation") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("pss"), {CKM_RSA_X_509});
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const Hash& hash : kHashes) {
    const Bytes digested = digest(hash.name, as_bytes("message"));
    for (const Hash& mgf : {kHashes[0], kHashes[2], kHashes[7]}) {
      for (const std::size_t salt : {std::size_t{0}, std::size_t{20}, hash.size, 254 - hash.size}) {
        CAPTURE(hash.name, mgf.name, salt);
        CK_RSA_PKCS_PSS_PARAMS parameter{hash.type, mgf.mgf, salt};
        const auto made = token.sign(with(parameter), pair.private_key, digested);
        REQUIRE(made.rv == CKR_OK);
        CHECK(pss_verifies(key, digested, made.bytes, {hash.name, mgf.name, static_cast<int>(salt)}));
        CHECK(token.verify(with(parameter), pair.public_key, digested, made.bytes) == CKR_OK);
        parameter.sLen = salt + 1;
        const CK_RV other = salt == 254 - hash.size ? CKR_MECHANISM_PARAM_INVALID : CKR_SIGNATURE_INVALID;
        CHECK(token.verify(with(parameter), pair.public_key, digested, made.bytes) == other);
      }
    }
  }
}

TEST_CASE("OAEP with every hash, mask function and label, over the raw operation, both ways") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("oaep"), {CKM_RSA_X_509});
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const Hash& hash : kHashes) {
    for (const Hash& mgf : kHashes) {
      for (std::string label : {"", "a label"}) {
        CAPTURE(hash.name, mgf.name, label);
        CK_RSA_PKCS_OAEP_PARAMS parameter{hash.type, mgf.mgf, CKZ_DATA_SPECIFIED, label.data(), label.size()};
        const std::string secret(256 - 2 * hash.size - 2, 's');
        const Bytes theirs = oaep_encrypt(key, as_bytes(secret), {hash.name, mgf.name, label});
        const auto plain = token.decrypt(with(parameter), pair.private_key, theirs);
        REQUIRE(plain.rv == CKR_OK);
        CHECK(as_text(plain.bytes) == secret);

        const auto ours = token.encrypt(with(parameter), pair.public_key, as_bytes("short"));
        REQUIRE(ours.rv == CKR_OK);
        CHECK(as_text(token.decrypt(with(parameter), pair.private_key, ours.bytes).bytes) == "short");
        const std::string too_long = secret + "s";
        CHECK(token.encrypt(with(parameter), pair.public_key, as_bytes(too_long)).rv == CKR_DATA_LEN_RANGE);

        label += "!";
        parameter.pSourceData = label.data();
        parameter.ulSourceDataLen = label.size();
        CHECK(token.decrypt(with(parameter), pair.private_key, theirs).rv == CKR_ENCRYPTED_DATA_INVALID);
      }
    }
  }
}

TEST_CASE("Without the raw operation other parameters are refused when the operation begins") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("no-raw"));
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 20};
  CK_RSA_PKCS_OAEP_PARAMS java{CKM_SHA256, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  CHECK(token.sign(with(pss), pair.private_key, Bytes(32)).rv == CKR_MECHANISM_PARAM_INVALID);
  CHECK(token.decrypt(with(java), pair.private_key, Bytes(256)).rv == CKR_MECHANISM_PARAM_INVALID);
  CHECK(token.sign(kX509, pair.private_key, Bytes(256)).rv == CKR_MECHANISM_INVALID);
  // Left out means that of the hash, which is the device's own.
  pss = {CKM_SHA256, 0, 32};
  const auto made = token.sign(with(pss), pair.private_key, Bytes(32, 1));
  REQUIRE(made.rv == CKR_OK);
  CHECK(pss_verifies(public_key_of(token, pair.public_key), Bytes(32, 1), made.bytes,
                     {"SHA256", "SHA256", 32}));
}

TEST_CASE("Java's default OAEP decrypts with a key that has the raw operation besides others") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("java"), {CKM_RSA_PKCS_OAEP, CKM_RSA_X_509});
  CK_RSA_PKCS_OAEP_PARAMS java{CKM_SHA256, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  const Bytes ciphertext =
      oaep_encrypt(public_key_of(token, pair.public_key), as_bytes("from Java"), {"SHA256", "SHA1"});
  CHECK(as_text(token.decrypt(with(java), pair.private_key, ciphertext).bytes) == "from Java");
}

TEST_CASE("A key with nothing but the raw operation does PKCS #1 as any other") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("raw"), {CKM_RSA_X_509});
  const EvpKey key = public_key_of(token, pair.public_key);
  const auto made = token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, as_bytes("data"));
  REQUIRE(made.rv == CKR_OK);
  CHECK(rsa_verifies(key, as_bytes("data"), made.bytes, {.digest = "SHA256"}));
  CHECK(token.sign(kPkcs, pair.private_key, Bytes(246)).rv == CKR_DATA_LEN_RANGE);

  const Bytes theirs = rsa_encrypt(key, as_bytes("secret"), RsaPadding::kPkcs1);
  CHECK(as_text(token.decrypt(kPkcs, pair.private_key, theirs).bytes) == "secret");
  CHECK(token.decrypt(kPkcs, pair.private_key, Bytes(256, 1)).rv == CKR_ENCRYPTED_DATA_INVALID);
  CHECK(token.flag(pair.private_key, CKA_SIGN));
  CHECK(token.flag(pair.private_key, CKA_DECRYPT));
}

TEST_CASE("RSA encryption in the module is undone by the device") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair =
      token.generate_rsa_for(unique_id("encrypt"), {CKM_RSA_PKCS, CKM_RSA_X_509, CKM_RSA_PKCS_OAEP});
  const std::string secret = GENERATE(std::string(), std::string("secret"), std::string(245, 'y'));
  const auto whole = token.encrypt(kPkcs, pair.public_key, as_bytes(secret));
  REQUIRE(whole.rv == CKR_OK);
  CHECK(whole.bytes.size() == 256);
  CHECK(as_text(token.decrypt(kPkcs, pair.private_key, whole.bytes).bytes) == secret);
  CHECK(token.encrypt(kPkcs, pair.public_key, Bytes(246)).rv == CKR_DATA_LEN_RANGE);

  CK_MECHANISM mechanism = kPkcs;
  Bytes out(256, 0xa5);
  CK_ULONG length = out.size();
  REQUIRE(token.module->C_EncryptInit(token.session, &mechanism, pair.public_key) == CKR_OK);
  for (const char& letter : secret) {
    REQUIRE(token.module->C_EncryptUpdate(token.session, in(as_bytes({&letter, 1})), 1, out.data(),
                                          &length) == CKR_OK);
    CHECK(length == 0);
    length = out.size();
  }
  length = 255;
  CHECK(token.module->C_EncryptFinal(token.session, out.data(), &length) == CKR_BUFFER_TOO_SMALL);
  CHECK(length == 256);
  CHECK(out == Bytes(256, 0xa5));
  REQUIRE(token.module->C_EncryptFinal(token.session, out.data(), &length) == CKR_OK);
  CHECK(as_text(token.decrypt(kPkcs, pair.private_key, out).bytes) == secret);
}

TEST_CASE("RSA without padding works on numbers below the modulus") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("x509"), {CKM_RSA_X_509});
  const Bytes modulus = token.attribute(pair.public_key, CKA_MODULUS);
  Bytes padded(256);
  std::copy_n("number", 6, padded.end() - 6);
  const auto encrypted = token.encrypt(kX509, pair.public_key, as_bytes("number"));
  REQUIRE(encrypted.rv == CKR_OK);
  CHECK(token.decrypt(kX509, pair.private_key, encrypted.bytes).bytes == padded);
  CHECK(token.encrypt(kX509, pair.public_key, modulus).rv == CKR_DATA_INVALID);
  CHECK(token.encrypt(kX509, pair.public_key, Bytes(257)).rv == CKR_DATA_LEN_RANGE);
  CHECK(token.sign(kX509, pair.private_key, modulus).rv == CKR_DATA_INVALID);
  CHECK(token.sign(kX509, pair.private_key, Bytes(257)).rv == CKR_DATA_LEN_RANGE);
  // Which the device itself fails on.
  Bytes one(256);
  one.back() = 1;
  CHECK(token.decrypt(kX509, pair.private_key, one).bytes == one);
  CHECK(token.sign(kX509, pair.private_key, one).bytes == one);
  CHECK(token.decrypt(kX509, pair.private_key, Bytes(256)).bytes == Bytes(256));
}

TEST_CASE("C_EncryptInit for RSA takes the public key") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("init"));
  const auto ed = token.generate_ed25519(unique_id("init"));
  const auto init = [&](CK_MECHANISM mechanism, CK_OBJECT_HANDLE key) {
    return token.module->C_EncryptInit(token.session, &mechanism, key);
  };
  CHECK(init(kPkcs, pair.private_key) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(init(kPkcs, ed.public_key) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(init(kX509, pair.public_key) == CKR_MECHANISM_INVALID);  // nothing could decrypt that
  CHECK(init({CKM_RSA_PKCS_OAEP, nullptr, 0}, pair.public_key) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(init({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.public_key) == CKR_MECHANISM_INVALID);
  CHECK(token.flag(pair.public_key, CKA_ENCRYPT));
  CHECK(token.flag(pair.public_key, CKA_VERIFY));
}
