// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/hashes.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// Longer than any internal block, and not a multiple of one.
const std::string kMessage(100'003, 'm');

struct PssParameter {
  explicit PssParameter(const Hash& hash) : value{hash.type, hash.mgf, hash.size} {}
  CK_MECHANISM with(CK_MECHANISM_TYPE mechanism) { return {mechanism, &value, sizeof value}; }
  CK_RSA_PKCS_PSS_PARAMS value;
};

}  // namespace

TEST_CASE("RSA PKCS #1 v1.5 signatures verify, hashed by the module and by the caller") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("sign"));
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const Hash& hash : kDeviceHashes) {
    CAPTURE(hash.name);
    const Verification how{.digest = hash.name};
    const auto whole = token.sign({hash.rsa, nullptr, 0}, pair.private_key, as_bytes(kMessage));
    REQUIRE(whole.rv == CKR_OK);
    CHECK(rsa_verifies(key, as_bytes(kMessage), whole.bytes, how));
    const auto parts = token.sign_in_parts({hash.rsa, nullptr, 0}, pair.private_key, as_bytes(kMessage), 997);
    REQUIRE(parts.rv == CKR_OK);
    CHECK(parts.bytes == whole.bytes);

    Bytes digest_info = *from_hex(hash.digest_info);
    const Bytes hashed = digest(hash.name, as_bytes(kMessage));
    digest_info.insert(digest_info.end(), hashed.begin(), hashed.end());
    const auto raw = token.sign({CKM_RSA_PKCS, nullptr, 0}, pair.private_key, digest_info);
    REQUIRE(raw.rv == CKR_OK);
    CHECK(raw.bytes == whole.bytes);
  }
}

TEST_CASE("RSA PSS signatures verify, hashed by the module and by the caller") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("sign"));
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const Hash& hash : kDeviceHashes) {
    CAPTURE(hash.name);
    PssParameter parameter(hash);
    const auto whole = token.sign(parameter.with(hash.pss), pair.private_key, as_bytes(kMessage));
    REQUIRE(whole.rv == CKR_OK);
    CHECK(rsa_verifies(key, as_bytes(kMessage), whole.bytes, {.digest = hash.name, .pss = true}));
    const auto parts =
        token.sign_in_parts(parameter.with(hash.pss), pair.private_key, as_bytes(kMessage), 4096);
    REQUIRE(parts.rv == CKR_OK);
    CHECK(rsa_verifies(key, as_bytes(kMessage), parts.bytes, {.digest = hash.name, .pss = true}));

    const Bytes hashed = digest(hash.name, as_bytes(kMessage));
    const auto raw = token.sign(parameter.with(CKM_RSA_PKCS_PSS), pair.private_key, hashed);
    REQUIRE(raw.rv == CKR_OK);
    CHECK(rsa_verifies(key, hashed, raw.bytes, {.pss = true, .pss_digest = hash.name}));
  }
}

TEST_CASE("ECDSA signatures verify on every curve with every hash") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  for (const Curve& curve : kCurves) {
    const auto pair = token.generate_ec(unique_id("sign"), ec_params(curve));
    const EvpKey key = public_key_of(token, pair.public_key);
    for (const Hash& hash : kDeviceHashes) {
      CAPTURE(curve.name, hash.name);
      const auto whole = token.sign({hash.ecdsa, nullptr, 0}, pair.private_key, as_bytes(kMessage));
      REQUIRE(whole.rv == CKR_OK);
      CHECK(whole.bytes.size() == 2 * curve.order);
      CHECK(ecdsa_verifies(key, as_bytes(kMessage), whole.bytes, hash.name));
      const auto parts =
          token.sign_in_parts({hash.ecdsa, nullptr, 0}, pair.private_key, as_bytes(kMessage), 10'000);
      REQUIRE(parts.rv == CKR_OK);
      CHECK(ecdsa_verifies(key, as_bytes(kMessage), parts.bytes, hash.name));
      const Bytes hashed = digest(hash.name, as_bytes(kMessage));
      const auto raw = token.sign({CKM_ECDSA, nullptr, 0}, pair.private_key, hashed);
      REQUIRE(raw.rv == CKR_OK);
      CHECK(ecdsa_verifies(key, hashed, raw.bytes, nullptr));
    }
  }
}

TEST_CASE("Ed25519 signatures verify in one piece, in parts, and of nothing") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("sign"));
  const EvpKey key = public_key_of(token, pair.public_key);
  const std::string message = GENERATE(std::string(), std::string("short"), std::string(kMessage));
  const auto whole = token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes(message));
  REQUIRE(whole.rv == CKR_OK);
  CHECK(whole.bytes.size() == 64);
  CHECK(eddsa_verifies(key, as_bytes(message), whole.bytes));
  const auto parts = token.sign_in_parts({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes(message), 1000);
  REQUIRE(parts.rv == CKR_OK);
  CHECK(parts.bytes == whole.bytes);
}

TEST_CASE("The length of a signature is told beforehand, exactly, and the operation goes on") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("length"), 2048);
  REQUIRE(token.sign_init(CKM_SHA256_RSA_PKCS, pair.private_key) == CKR_OK);
  Bytes signature(256, 0xa5);
  CK_ULONG length = 0;
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, nullptr, &length) == CKR_OK);
  CHECK(length == 256);
  length = 255;
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature.data(), &length) ==
        CKR_BUFFER_TOO_SMALL);
  CHECK(length == 256);
  CHECK(signature == Bytes(256, 0xa5));
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature.data(), &length) == CKR_OK);
  CHECK(
      rsa_verifies(public_key_of(token, pair.public_key), as_bytes("data"), signature, {.digest = "SHA256"}));
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature.data(), &length) ==
        CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("C_SignInit checks session, mechanism, key and the operation that is active") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto rsa = token.generate_rsa(unique_id("init"));
  const auto aes = token.generate_aes(unique_id("init"));
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  CHECK(token.module->C_SignInit(99999, &mechanism, rsa.private_key) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_SignInit(token.session, nullptr, rsa.private_key) == CKR_ARGUMENTS_BAD);
  CHECK(token.sign_init(CKM_SHA256_RSA_PKCS, 999999) == CKR_KEY_HANDLE_INVALID);
  CHECK(token.sign_init(CKM_VENDOR_DEFINED | 1, rsa.private_key) == CKR_MECHANISM_INVALID);
  CHECK(token.sign_init(CKM_ECDSA, rsa.private_key) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(token.sign_init(CKM_SHA256_RSA_PKCS, aes) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(token.sign_init(CKM_RSA_PKCS_PSS, rsa.private_key) == CKR_MECHANISM_PARAM_INVALID);
  REQUIRE(token.sign_init(CKM_SHA256_RSA_PKCS, rsa.private_key) == CKR_OK);
  CHECK(token.sign_init(CKM_SHA256_RSA_PKCS, rsa.private_key) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("Data of a wrong length is CKR_DATA_LEN_RANGE") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("range"), 1024);
  PssParameter sha256(kHashes[2]);
  CHECK(token.sign({CKM_RSA_PKCS, nullptr, 0}, pair.private_key, Bytes(118, 1)).rv == CKR_DATA_LEN_RANGE);
  CHECK(token.sign({CKM_RSA_PKCS, nullptr, 0}, pair.private_key, Bytes(117, 1)).rv == CKR_OK);
  CHECK(token.sign(sha256.with(CKM_RSA_PKCS_PSS), pair.private_key, Bytes(31, 1)).rv == CKR_DATA_LEN_RANGE);
  CHECK(token.sign(sha256.with(CKM_RSA_PKCS_PSS), pair.private_key, Bytes(33, 1)).rv == CKR_DATA_LEN_RANGE);
}

TEST_CASE("An argument error ends the operation") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("arguments"));
  CK_BYTE signature[64];
  CK_ULONG length = sizeof signature;
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
  CHECK(token.module->C_Sign(token.session, nullptr, 4, signature, &length) == CKR_ARGUMENTS_BAD);
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature, nullptr) ==
        CKR_ARGUMENTS_BAD);
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
  CHECK(token.module->C_SignUpdate(token.session, nullptr, 4) == CKR_ARGUMENTS_BAD);
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
}

TEST_CASE("Sign, decrypt, encrypt and find operations run side by side in one session") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string id = unique_id("beside");
  const auto pair = token.generate_rsa(id);
  const auto aes = token.generate_aes(unique_id("beside"));
  Bytes iv(16);
  CK_MECHANISM cbc{CKM_AES_CBC, iv.data(), iv.size()};
  CK_MECHANISM pkcs{CKM_RSA_PKCS, nullptr, 0};
  REQUIRE(token.sign_init(CKM_SHA256_RSA_PKCS, pair.private_key) == CKR_OK);
  REQUIRE(token.module->C_DecryptInit(token.session, &pkcs, pair.private_key) == CKR_OK);
  REQUIRE(token.module->C_EncryptInit(token.session, &cbc, aes) == CKR_OK);
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
  Bytes out(256);
  CK_ULONG length = out.size();
  CHECK(token.module->C_Encrypt(token.session, out.data(), 16, out.data(), &length) == CKR_OK);
  length = out.size();
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, out.data(), &length) == CKR_OK);
  const Bytes ciphertext =
      rsa_encrypt(public_key_of(token, pair.public_key), as_bytes("secret"), RsaPadding::kPkcs1);
  length = out.size();
  REQUIRE(token.module->C_Decrypt(token.session, in(ciphertext), ciphertext.size(), out.data(), &length) ==
          CKR_OK);
  CHECK(as_text(ByteView(out.data(), length)) == "secret");
}
