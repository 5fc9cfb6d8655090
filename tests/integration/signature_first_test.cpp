// SPDX-License-Identifier: Apache-2.0
// C_VerifySignatureInit and its followers: the signature is given before the data.
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

const std::string kMessage(10'007, 'm');
constexpr CK_MECHANISM kMechanism{CKM_ECDSA_SHA256, nullptr, 0};

// A key and a signature of kMessage by it.
struct Signed {
  TokenSession token;
  TokenSession::KeyPair pair = token.generate_ec(unique_id("signature-first"), ec_params(kCurves[0]));
  Bytes signature = token.sign(kMechanism, pair.private_key, as_bytes(kMessage)).bytes;

  CK_RV init(ByteView given) {
    CK_MECHANISM mechanism = kMechanism;
    return token.module->C_VerifySignatureInit(token.session, &mechanism, pair.public_key, in(given),
                                               given.size());
  }
  CK_RV one_shot(std::string_view data) {
    return token.module->C_VerifySignature(token.session, in(as_bytes(data)), data.size());
  }
  CK_RV update(std::string_view part) {
    return token.module->C_VerifySignatureUpdate(token.session, in(as_bytes(part)), part.size());
  }
  CK_RV final() { return token.module->C_VerifySignatureFinal(token.session); }
};

}  // namespace

TEST_CASE("A signature that is given first is verified in one call and in parts") {
  const ConfigFile config({device_slot()});
  Signed s;
  REQUIRE(s.signature.size() == 64);
  REQUIRE(s.init(s.signature) == CKR_OK);
  CHECK(s.one_shot(kMessage) == CKR_OK);
  REQUIRE(s.init(s.signature) == CKR_OK);
  CHECK(s.update(std::string_view(kMessage).substr(0, 1000)) == CKR_OK);
  CHECK(s.update(std::string_view(kMessage).substr(1000)) == CKR_OK);
  CHECK(s.final() == CKR_OK);
}

TEST_CASE("A signature that is given first is refused like any other") {
  const ConfigFile config({device_slot()});
  Signed s;
  const bool in_parts = GENERATE(true, false);
  const auto verify = [&](ByteView given, std::string_view data) {
    REQUIRE(s.init(given) == CKR_OK);
    if (!in_parts) return s.one_shot(data);
    REQUIRE(s.update(data) == CKR_OK);
    return s.final();
  };
  Bytes flipped = s.signature;
  flipped[40] ^= 1;
  CHECK(verify(flipped, kMessage) == CKR_SIGNATURE_INVALID);
  CHECK(verify(s.signature, "another message") == CKR_SIGNATURE_INVALID);
  CHECK(verify(ByteView(s.signature).first(4), kMessage) == CKR_SIGNATURE_LEN_RANGE);
  CHECK(verify(s.signature, kMessage) == CKR_OK);
}

TEST_CASE("Each call ends the verification but a successful update") {
  const ConfigFile config({device_slot()});
  Signed s;
  CHECK(s.one_shot(kMessage) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(s.update(kMessage) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(s.final() == CKR_OPERATION_NOT_INITIALIZED);
  SECTION("one call") { REQUIRE((s.init(s.signature) == CKR_OK && s.one_shot(kMessage) == CKR_OK)); }
  SECTION("the last call") {
    REQUIRE((s.init(s.signature) == CKR_OK && s.update(kMessage) == CKR_OK && s.final() == CKR_OK));
  }
  SECTION("an update that fails") {
    REQUIRE(s.init(s.signature) == CKR_OK);
    CHECK(s.token.module->C_VerifySignatureUpdate(s.token.session, nullptr, 4) == CKR_ARGUMENTS_BAD);
  }
  SECTION("no mechanism") {
    REQUIRE(s.init(s.signature) == CKR_OK);
    CHECK(s.init(s.signature) == CKR_OPERATION_ACTIVE);
    CHECK(s.token.module->C_VerifySignatureInit(s.token.session, nullptr, 0, nullptr, 0) == CKR_OK);
  }
  SECTION("C_SessionCancel") {
    REQUIRE(s.init(s.signature) == CKR_OK);
    CHECK(s.token.module->C_SessionCancel(s.token.session, CKF_VERIFY) == CKR_OK);
  }
  CHECK(s.final() == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("The two ways to verify do not see each other's operation, and do not stand side by side") {
  const ConfigFile config({device_slot()});
  Signed s;
  CK_MECHANISM mechanism = kMechanism;
  const auto& module = s.token.module;
  REQUIRE(s.init(s.signature) == CKR_OK);
  CHECK(module->C_VerifyInit(s.token.session, &mechanism, s.pair.public_key) == CKR_OPERATION_ACTIVE);
  CHECK(module->C_VerifyUpdate(s.token.session, in(as_bytes(kMessage)), kMessage.size()) ==
        CKR_OPERATION_NOT_INITIALIZED);
  CHECK(s.one_shot(kMessage) == CKR_OK);
  REQUIRE(module->C_VerifyInit(s.token.session, &mechanism, s.pair.public_key) == CKR_OK);
  CHECK(s.one_shot(kMessage) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(module->C_Verify(s.token.session, in(as_bytes(kMessage)), kMessage.size(), s.signature.data(),
                         s.signature.size()) == CKR_OK);
}

TEST_CASE("C_VerifySignatureInit checks its key and mechanism, and a signature that is not there") {
  const ConfigFile config({device_slot()});
  Signed s;
  const auto& module = s.token.module;
  CK_MECHANISM mechanism = kMechanism;
  const auto init = [&](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
    return module->C_VerifySignatureInit(session, &mechanism, key, s.signature.data(), s.signature.size());
  };
  CHECK(init(99999, s.pair.public_key) == CKR_SESSION_HANDLE_INVALID);
  CHECK(init(s.token.session, 99999) == CKR_KEY_HANDLE_INVALID);
  CHECK(module->C_VerifySignatureInit(s.token.session, &mechanism, s.pair.public_key, nullptr, 64) ==
        CKR_ARGUMENTS_BAD);
  mechanism.mechanism = CKM_AES_GCM;
  CHECK(init(s.token.session, s.pair.public_key) == CKR_MECHANISM_INVALID);
  mechanism.mechanism = CKM_SHA256_RSA_PKCS;
  CHECK(init(s.token.session, s.pair.public_key) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(s.final() == CKR_OPERATION_NOT_INITIALIZED);
}
