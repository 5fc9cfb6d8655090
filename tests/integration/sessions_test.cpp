// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_SESSION_HANDLE kNoSession = 99999;
constexpr CK_FLAGS kReadOnly = CKF_SERIAL_SESSION;
constexpr CK_FLAGS kReadWrite = CKF_SERIAL_SESSION | CKF_RW_SESSION;

CK_SESSION_HANDLE open(TokenSession& token, CK_FLAGS flags) {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  must(token.module->C_OpenSession(0, flags, nullptr, nullptr, &session), "C_OpenSession");
  return session;
}

CK_STATE state(TokenSession& token, CK_SESSION_HANDLE session) {
  CK_SESSION_INFO info;
  must(token.module->C_GetSessionInfo(session, &info), "C_GetSessionInfo");
  return info.state;
}

CK_RV login(TokenSession& token, CK_SESSION_HANDLE session, CK_USER_TYPE user, std::string_view passphrase) {
  return token.module->C_Login(session, user, pin(passphrase), passphrase.size());
}

// A slot whose passphrases come by C_Login.
SlotOptions without_passphrases() {
  SlotOptions slot = device_slot();
  slot.operator_passphrase.reset();
  slot.administrator_passphrase.reset();
  return slot;
}

}  // namespace

TEST_CASE("C_OpenSession checks its arguments") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  CHECK(token.module->C_OpenSession(0, kReadOnly, nullptr, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_OpenSession(88888, kReadOnly, nullptr, nullptr, &session) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_OpenSession(0, CKF_RW_SESSION, nullptr, nullptr, &session) ==
        CKR_SESSION_PARALLEL_NOT_SUPPORTED);
  CHECK(token.module->C_OpenSession(0, kReadOnly | CKF_ASYNC_SESSION, nullptr, nullptr, &session) ==
        CKR_SESSION_ASYNC_NOT_SUPPORTED);
  // The slot comes first, then the arguments, then what they ask for.
  CHECK(token.module->C_OpenSession(88888, 0, nullptr, nullptr, nullptr) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_OpenSession(0, 0, nullptr, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(session == CK_INVALID_HANDLE);
}

TEST_CASE("A session tells its slot and flags until it is closed") {
  const ConfigFile config({device_slot(), device_slot()});
  TokenSession token(1, kReadOnly);
  CK_SESSION_INFO info;
  REQUIRE(token.module->C_GetSessionInfo(token.session, &info) == CKR_OK);
  CHECK(info.slotID == 1);
  CHECK(info.flags == kReadOnly);
  CHECK(info.ulDeviceError == 0);
  CHECK(token.module->C_GetSessionInfo(token.session, nullptr) == CKR_ARGUMENTS_BAD);

  REQUIRE(token.module->C_CloseSession(token.session) == CKR_OK);
  CHECK(token.module->C_GetSessionInfo(token.session, &info) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_CloseSession(token.session) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_CloseSession(kNoSession) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("C_CloseAllSessions closes the sessions of one slot") {
  const ConfigFile config({device_slot(), device_slot()});
  TokenSession token(1);
  const CK_SESSION_HANDLE first = open(token, kReadOnly);
  const CK_SESSION_HANDLE second = open(token, kReadWrite);
  CHECK(first != second);
  REQUIRE(token.module->C_CloseAllSessions(0) == CKR_OK);
  CHECK(token.module->C_CloseSession(first) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_CloseSession(second) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_CloseAllSessions(0) == CKR_OK);
  CHECK(token.module->C_CloseAllSessions(88888) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_CloseSession(token.session) == CKR_OK);
}

TEST_CASE("Handles are not used again, not even after C_Finalize") {
  const ConfigFile config({device_slot()});
  CK_SESSION_HANDLE old_session = CK_INVALID_HANDLE;
  {
    TokenSession token;
    old_session = token.session;
  }
  TokenSession token;
  CHECK(token.session != old_session);
  CK_SESSION_INFO info;
  CHECK(token.module->C_GetSessionInfo(old_session, &info) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("A slot with a configured passphrase needs no login, and takes one all the same") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const CK_SESSION_HANDLE read_only = open(token, kReadOnly);
  CHECK(state(token, token.session) == CKS_RW_USER_FUNCTIONS);
  CHECK(state(token, read_only) == CKS_RO_USER_FUNCTIONS);
  CHECK(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_USER_ALREADY_LOGGED_IN);
  CHECK(token.module->C_Logout(token.session) == CKR_OK);
  CHECK(token.module->C_Logout(token.session) == CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE(
    "Without configured passphrases login in one session changes all, and logout in another changes all "
    "back") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  const CK_SESSION_HANDLE read_only = open(token, kReadOnly);
  CK_TOKEN_INFO info;
  REQUIRE(token.module->C_GetTokenInfo(0, &info) == CKR_OK);
  CHECK((info.flags & CKF_LOGIN_REQUIRED) != 0);
  CHECK(state(token, token.session) == CKS_RW_PUBLIC_SESSION);
  CHECK(state(token, read_only) == CKS_RO_PUBLIC_SESSION);

  REQUIRE(login(token, read_only, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(state(token, token.session) == CKS_RW_USER_FUNCTIONS);
  CHECK(state(token, read_only) == CKS_RO_USER_FUNCTIONS);
  CHECK(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_USER_ALREADY_LOGGED_IN);

  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);
  CHECK(state(token, token.session) == CKS_RW_PUBLIC_SESSION);
  CHECK(state(token, read_only) == CKS_RO_PUBLIC_SESSION);
  CHECK(token.module->C_Logout(token.session) == CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE("Closing the last session logs out") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  REQUIRE(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_OK);
  REQUIRE(token.module->C_CloseSession(token.session) == CKR_OK);
  token.session = open(token, kReadWrite);
  CHECK(state(token, token.session) == CKS_RW_PUBLIC_SESSION);
}

TEST_CASE("The security officer works in read/write sessions only") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  SECTION("no login beside a read-only session") {
    open(token, kReadOnly);
    CHECK(login(token, token.session, CKU_SO, kAdministratorPassphrase) == CKR_SESSION_READ_ONLY_EXISTS);
    CHECK(state(token, token.session) == CKS_RW_PUBLIC_SESSION);
  }
  SECTION("no read-only session beside the login") {
    REQUIRE(login(token, token.session, CKU_SO, kAdministratorPassphrase) == CKR_OK);
    CHECK(state(token, token.session) == CKS_RW_SO_FUNCTIONS);
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CHECK(token.module->C_OpenSession(0, kReadOnly, nullptr, nullptr, &session) ==
          CKR_SESSION_READ_WRITE_SO_EXISTS);
    CHECK(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  }
}

TEST_CASE("C_Login refuses a wrong PIN, a missing PIN and unknown users") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  CHECK(login(token, token.session, CKU_USER, "not the passphrase") == CKR_PIN_INCORRECT);
  CHECK(state(token, token.session) == CKS_RW_PUBLIC_SESSION);
  CHECK(token.module->C_Login(token.session, CKU_USER, nullptr, 4) == CKR_ARGUMENTS_BAD);
  CHECK(login(token, token.session, 99, kOperatorPassphrase) == CKR_USER_TYPE_INVALID);
  CHECK(login(token, kNoSession, CKU_USER, kOperatorPassphrase) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_Logout(kNoSession) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("Keys cannot be used before login") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  CK_BYTE random[8];
  CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_USER_NOT_LOGGED_IN);
  CHECK(token.sign_init(CKM_EDDSA, 1) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(login(token, token.session, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_OK);
}

TEST_CASE("The remains of parallel functions answer as the standard has it") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CHECK(token.module->C_GetFunctionStatus(token.session) == CKR_FUNCTION_NOT_PARALLEL);
  CHECK(token.module->C_CancelFunction(token.session) == CKR_FUNCTION_NOT_PARALLEL);
  CHECK(token.module->C_GetFunctionStatus(kNoSession) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("Token objects are not made or changed in read-only sessions") {
  const ConfigFile config({device_slot()});
  TokenSession token(0, kReadOnly);
  Attributes wanted;
  wanted.flag(CKA_TOKEN, true).text(CKA_ID, unique_id("read-only")).number(CKA_VALUE_LEN, 32);
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  CHECK(token.module->C_GenerateKey(token.session, &mechanism, wanted.data(), wanted.size(), &key) ==
        CKR_SESSION_READ_ONLY);
  CHECK(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &key) ==
        CKR_SESSION_READ_ONLY);
}

TEST_CASE("C_SessionCancel ends the operations of its flags and no others") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto key = token.generate_ed25519(unique_id("cancel"));
  const auto begin = [&] {
    REQUIRE(token.module->C_FindObjectsInit(token.session, nullptr, 0) == CKR_OK);
    REQUIRE(token.sign_init(CKM_EDDSA, key.private_key) == CKR_OK);
  };
  CK_BYTE signature[64];
  CK_ULONG length = sizeof signature;
  const auto sign = [&] {
    return token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature, &length);
  };
  begin();
  SECTION("none") {
    CHECK(token.module->C_SessionCancel(token.session, 0) == CKR_OK);
    CHECK(token.module->C_SessionCancel(token.session, CKF_DECRYPT | CKF_WRAP | CKF_MESSAGE_SIGN) == CKR_OK);
    CHECK(sign() == CKR_OK);
    CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OK);
  }
  SECTION("one") {
    CHECK(token.module->C_SessionCancel(token.session, CKF_SIGN) == CKR_OK);
    CHECK(sign() == CKR_OPERATION_NOT_INITIALIZED);
    CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OK);
    CHECK(token.sign_init(CKM_EDDSA, key.private_key) == CKR_OK);
  }
  SECTION("all") {
    CHECK(token.module->C_SessionCancel(token.session, ~CK_FLAGS{0}) == CKR_OK);
    CHECK(sign() == CKR_OPERATION_NOT_INITIALIZED);
    CHECK(token.module->C_FindObjectsFinal(token.session) == CKR_OPERATION_NOT_INITIALIZED);
    begin();
  }
  CHECK(token.module->C_SessionCancel(kNoSession, 0) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("No operation of a session counts as validated") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_FLAGS flags = 77;
  CHECK(token.module->C_GetSessionValidationFlags(token.session, CKS_LAST_VALIDATION_OK, &flags) == CKR_OK);
  CHECK(flags == 0);
  CHECK(token.module->C_GetSessionValidationFlags(token.session, 99, &flags) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_GetSessionValidationFlags(token.session, CKS_LAST_VALIDATION_OK, nullptr) ==
        CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_GetSessionValidationFlags(kNoSession, CKS_LAST_VALIDATION_OK, &flags) ==
        CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("Functions that the device has no use for say so once the session is known") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const CK_SESSION_HANDLE session = GENERATE(true, false) ? token.session : kNoSession;
  const auto expected =
      session == kNoSession ? CK_RV{CKR_SESSION_HANDLE_INVALID} : CK_RV{CKR_FUNCTION_NOT_SUPPORTED};
  CK_MECHANISM mechanism{CKM_AES_GCM, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  CK_ULONG length = 0;
  CHECK(token.module->C_GetOperationState(session, nullptr, &length) == expected);
  CHECK(token.module->C_SetOperationState(session, nullptr, 0, 0, 0) == expected);
  CHECK(token.module->C_MessageEncryptInit(session, &mechanism, 1) == expected);
  CHECK(token.module->C_MessageDecryptInit(session, &mechanism, 1) == expected);
  CHECK(token.module->C_MessageSignInit(session, &mechanism, 1) == expected);
  CHECK(token.module->C_MessageVerifyInit(session, &mechanism, 1) == expected);
  CHECK(token.module->C_SignMessage(session, nullptr, 0, nullptr, 0, nullptr, &length) == expected);
  CHECK(token.module->C_EncapsulateKey(session, &mechanism, 1, nullptr, 0, nullptr, &length, &key) ==
        expected);
  CHECK(token.module->C_DecapsulateKey(session, &mechanism, 1, nullptr, 0, nullptr, 0, &key) == expected);
  CHECK(token.module->C_WrapKeyAuthenticated(session, &mechanism, 1, 1, nullptr, 0, nullptr, &length) ==
        expected);
  CHECK(token.module->C_UnwrapKeyAuthenticated(session, &mechanism, 1, nullptr, 0, nullptr, 0, nullptr, 0,
                                               &key) == expected);
  CHECK(token.module->C_AsyncComplete(session, nullptr, nullptr) == expected);
  CHECK(token.module->C_AsyncGetID(session, nullptr, &length) == expected);
  CHECK(token.module->C_AsyncJoin(session, nullptr, 0, nullptr, 0) == expected);
}
