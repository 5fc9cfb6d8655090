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

const std::string kMessage(10'007, 'm');

constexpr CK_MECHANISM plain(CK_MECHANISM_TYPE type) { return {type, nullptr, 0}; }

// Near the front, as of long digests ECDSA uses the front only.
Bytes changed(Bytes bytes) {
  bytes[bytes.size() / 4] ^= 1;
  return bytes;
}

// Signs `data` on the device and verifies it in the module, and everything that is not quite it.
void check_round_trip(TokenSession& token, const TokenSession::KeyPair& pair, CK_MECHANISM mechanism,
                      ByteView data) {
  const auto made = token.sign(mechanism, pair.private_key, data);
  REQUIRE(made.rv == CKR_OK);
  CHECK(token.verify(mechanism, pair.public_key, data, made.bytes) == CKR_OK);
  CHECK(token.verify_in_parts(mechanism, pair.public_key, data, made.bytes, 1000) == CKR_OK);
  CHECK(token.verify(mechanism, pair.public_key, data, changed(made.bytes)) == CKR_SIGNATURE_INVALID);
  CHECK(token.verify(mechanism, pair.public_key, changed(to_bytes(data)), made.bytes) ==
        CKR_SIGNATURE_INVALID);
  CHECK(token.verify(mechanism, pair.public_key, data, ByteView(made.bytes).first(4)) ==
        CKR_SIGNATURE_LEN_RANGE);
  CHECK(token.verify_in_parts(mechanism, pair.public_key, data, ByteView(made.bytes).first(4), 5000) ==
        CKR_SIGNATURE_LEN_RANGE);
}

}  // namespace

TEST_CASE("RSA signatures verify in the module as they do in OpenSSL, with every hash") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair =
      token.generate_rsa_for(unique_id("verify"), {CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_RSA_X_509});
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const Hash& hash : kHashes) {
    CAPTURE(hash.name);
    check_round_trip(token, pair, plain(hash.rsa), as_bytes(kMessage));
    const auto pkcs = token.sign(plain(hash.rsa), pair.private_key, as_bytes(kMessage));
    CHECK(rsa_verifies(key, as_bytes(kMessage), pkcs.bytes, {.digest = hash.name}));

    const Bytes digested = digest(hash.name, as_bytes(kMessage));
    CK_RSA_PKCS_PSS_PARAMS parameter{hash.type, hash.mgf, digested.size()};
    const CK_MECHANISM pss{hash.pss, &parameter, sizeof parameter};
    check_round_trip(token, pair, pss, as_bytes(kMessage));
    const auto made = token.sign(pss, pair.private_key, as_bytes(kMessage));
    CHECK(rsa_verifies(key, as_bytes(kMessage), made.bytes, {.digest = hash.name, .pss = true}));
    check_round_trip(token, pair, {CKM_RSA_PKCS_PSS, &parameter, sizeof parameter}, digested);
  }
  check_round_trip(token, pair, plain(CKM_RSA_PKCS), as_bytes("any data"));
  check_round_trip(token, pair, plain(CKM_RSA_X_509), Bytes(256, 0x11));
  check_round_trip(token, pair, plain(CKM_RSA_X_509), as_bytes("a short number"));
}

TEST_CASE("ECDSA and EdDSA signatures verify in the module on every curve, with every hash") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  for (const Curve& curve : kCurves) {
    const auto pair = token.generate_ec(unique_id("verify"), ec_params(curve));
    const EvpKey key = public_key_of(token, pair.public_key);
    for (const Hash& hash : kHashes) {
      CAPTURE(curve.name, hash.name);
      check_round_trip(token, pair, plain(hash.ecdsa), as_bytes(kMessage));
      const auto made = token.sign(plain(hash.ecdsa), pair.private_key, as_bytes(kMessage));
      CHECK(ecdsa_verifies(key, as_bytes(kMessage), made.bytes, hash.name));
      check_round_trip(token, pair, plain(CKM_ECDSA), digest(hash.name, as_bytes(kMessage)));
    }
  }
  check_round_trip(token, token.generate_ed25519(unique_id("verify")), plain(CKM_EDDSA), as_bytes(kMessage));
}

TEST_CASE("ECDSA digests of any length are signed as FIPS 186 says, or refused") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  for (const Curve& curve : kCurves) {
    const auto pair = token.generate_ec(unique_id("digests"), ec_params(curve));
    const EvpKey key = public_key_of(token, pair.public_key);
    const bool is_p521 = curve.order == 66;
    for (const std::size_t size : {1U, 20U, 31U, 32U, 33U, 48U, 63U, 64U, 65U, 66U, 67U, 100U}) {
      CAPTURE(curve.name, size);
      Bytes data(size, 0xc3);
      data[0] = 0x80;
      const auto made = token.sign(plain(CKM_ECDSA), pair.private_key, data);
      if (is_p521 && size > 64) {
        CHECK(made.rv == CKR_DATA_LEN_RANGE);
        continue;
      }
      REQUIRE(made.rv == CKR_OK);
      CHECK(ecdsa_verifies(key, data, made.bytes, nullptr));
      CHECK(token.verify(plain(CKM_ECDSA), pair.public_key, data, made.bytes) == CKR_OK);
    }
  }
}

TEST_CASE("C_VerifyInit checks session, mechanism, key and the operation that is active") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("init"));
  const auto aes = token.generate_aes(unique_id("init"));
  const auto init = [&](CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key) {
    CK_MECHANISM mechanism = plain(type);
    return token.module->C_VerifyInit(token.session, &mechanism, key);
  };
  CK_MECHANISM mechanism = plain(CKM_SHA256_RSA_PKCS);
  CHECK(token.module->C_VerifyInit(99999, &mechanism, pair.public_key) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_VerifyInit(token.session, nullptr, pair.public_key) == CKR_ARGUMENTS_BAD);
  CHECK(init(CKM_SHA256_RSA_PKCS, 999999) == CKR_KEY_HANDLE_INVALID);
  CHECK(init(CKM_VENDOR_DEFINED | 1, pair.public_key) == CKR_MECHANISM_INVALID);
  CHECK(init(CKM_ECDSA, pair.public_key) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(init(CKM_SHA256_RSA_PKCS, aes) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(init(CKM_SHA256_RSA_PKCS, pair.private_key) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(init(CKM_RSA_PKCS_PSS, pair.public_key) == CKR_MECHANISM_PARAM_INVALID);
  REQUIRE(init(CKM_SHA256_RSA_PKCS, pair.public_key) == CKR_OK);
  CHECK(init(CKM_SHA256_RSA_PKCS, pair.public_key) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("A verification ends with its answer, whatever that is, and with any mistake") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("ends"));
  CK_MECHANISM mechanism = plain(CKM_EDDSA);
  CK_BYTE signature[64] = {};
  const auto begin = [&] { return token.module->C_VerifyInit(token.session, &mechanism, pair.public_key); };
  const auto verify = [&](CK_BYTE* data, CK_BYTE* given) {
    return token.module->C_Verify(token.session, data, 4, given, sizeof signature);
  };
  CK_BYTE data[4] = {};
  CHECK(verify(data, signature) == CKR_OPERATION_NOT_INITIALIZED);
  REQUIRE(begin() == CKR_OK);
  CHECK(verify(data, signature) == CKR_SIGNATURE_INVALID);
  CHECK(verify(data, signature) == CKR_OPERATION_NOT_INITIALIZED);
  REQUIRE(begin() == CKR_OK);
  CHECK(verify(nullptr, signature) == CKR_ARGUMENTS_BAD);
  REQUIRE(begin() == CKR_OK);
  CHECK(verify(data, nullptr) == CKR_ARGUMENTS_BAD);
  REQUIRE(begin() == CKR_OK);
  REQUIRE(token.module->C_VerifyUpdate(token.session, data, sizeof data) == CKR_OK);
  CHECK(verify(data, signature) == CKR_OPERATION_ACTIVE);
  CHECK(token.module->C_VerifyFinal(token.session, signature, sizeof signature) ==
        CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("Signatures with recovery give the data back") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa_for(unique_id("recover"), {CKM_RSA_PKCS, CKM_RSA_X_509});
  const auto type = GENERATE(CK_MECHANISM_TYPE{CKM_RSA_PKCS}, CK_MECHANISM_TYPE{CKM_RSA_X_509});
  CK_MECHANISM mechanism = plain(type);
  const Bytes data = type == CKM_RSA_PKCS ? to_bytes("recoverable") : Bytes(256, 0x21);
  Bytes signature(256);
  CK_ULONG length = signature.size();
  REQUIRE(token.module->C_SignRecoverInit(token.session, &mechanism, pair.private_key) == CKR_OK);
  REQUIRE(token.module->C_SignRecover(token.session, in(data), data.size(), signature.data(), &length) ==
          CKR_OK);
  CHECK(signature == token.sign(mechanism, pair.private_key, data).bytes);

  Bytes recovered(256);
  length = 0;
  REQUIRE(token.module->C_VerifyRecoverInit(token.session, &mechanism, pair.public_key) == CKR_OK);
  CHECK(token.module->C_VerifyRecover(token.session, signature.data(), 256, nullptr, &length) == CKR_OK);
  CHECK(length == data.size());
  length = data.size() - 1;
  CHECK(token.module->C_VerifyRecover(token.session, signature.data(), 256, recovered.data(), &length) ==
        CKR_BUFFER_TOO_SMALL);
  REQUIRE(token.module->C_VerifyRecover(token.session, signature.data(), 256, recovered.data(), &length) ==
          CKR_OK);
  recovered.resize(length);
  CHECK(recovered == data);
  CHECK(token.flag(pair.private_key, CKA_SIGN_RECOVER));
  CHECK(token.flag(pair.public_key, CKA_VERIFY_RECOVER));

  CK_MECHANISM hashing = plain(CKM_SHA256_RSA_PKCS);
  CHECK(token.module->C_SignRecoverInit(token.session, &hashing, pair.private_key) == CKR_MECHANISM_INVALID);
  CHECK(token.module->C_VerifyRecoverInit(token.session, &hashing, pair.public_key) == CKR_MECHANISM_INVALID);
}

TEST_CASE("Public keys need no login to verify, private ones do to sign") {
  SlotOptions slot = device_slot();
  slot.operator_passphrase.reset();
  const ConfigFile config({slot});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("public"));
  CHECK(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_USER_NOT_LOGGED_IN);
  CHECK(token.verify(plain(CKM_EDDSA), pair.public_key, as_bytes("data"), Bytes(64)) ==
        CKR_SIGNATURE_INVALID);
}

TEST_CASE("A public key that the application brings verifies and encrypts") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("brought"));
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_PUBLIC_KEY).number(CKA_KEY_TYPE, CKK_RSA);
  wanted.bytes(CKA_MODULUS, token.attribute(pair.public_key, CKA_MODULUS));
  wanted.bytes(CKA_PUBLIC_EXPONENT, token.attribute(pair.public_key, CKA_PUBLIC_EXPONENT));
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &key) == CKR_OK);
  const auto made = token.sign(plain(CKM_SHA256_RSA_PKCS), pair.private_key, as_bytes("data"));
  CHECK(token.verify(plain(CKM_SHA256_RSA_PKCS), key, as_bytes("data"), made.bytes) == CKR_OK);
  CHECK(token.verify(plain(CKM_SHA256_RSA_PKCS), key, as_bytes("date"), made.bytes) == CKR_SIGNATURE_INVALID);
  const auto secret = token.encrypt(plain(CKM_RSA_PKCS), key, as_bytes("secret"));
  REQUIRE(secret.rv == CKR_OK);
  CHECK(as_text(token.decrypt(plain(CKM_RSA_PKCS), pair.private_key, secret.bytes).bytes) == "secret");
}
