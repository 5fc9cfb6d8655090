// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_SESSION_HANDLE kNoSession = 99999;
constexpr std::string_view kNewPin = "A new passphrase";

SlotOptions without_passphrases() {
  SlotOptions slot = device_slot();
  slot.operator_passphrase.reset();
  slot.administrator_passphrase.reset();
  return slot;
}

CK_RV login_user(TokenSession& token, CK_USER_TYPE user, std::string_view passphrase, std::string_view name) {
  return token.module->C_LoginUser(token.session, user, pin(passphrase), passphrase.size(), pin(name),
                                   name.size());
}

CK_RV login(TokenSession& token, CK_USER_TYPE user, std::string_view passphrase) {
  return token.module->C_Login(token.session, user, pin(passphrase), passphrase.size());
}

CK_STATE state(TokenSession& token) {
  CK_SESSION_INFO info;
  must(token.module->C_GetSessionInfo(token.session, &info), "C_GetSessionInfo");
  return info.state;
}

CK_FLAGS token_flags(TokenSession& token) {
  CK_TOKEN_INFO info;
  must(token.module->C_GetTokenInfo(0, &info), "C_GetTokenInfo");
  return info.flags;
}

}  // namespace

TEST_CASE("C_LoginUser logs in the user whom it names, or the configured one") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  const std::string_view name = GENERATE(std::string_view(), kOperator);
  REQUIRE(login_user(token, CKU_USER, kOperatorPassphrase, name) == CKR_OK);
  CHECK(state(token) == CKS_RW_USER_FUNCTIONS);
  CHECK(login_user(token, CKU_USER, kOperatorPassphrase, name) == CKR_USER_ALREADY_LOGGED_IN);
  CHECK(login(token, CKU_USER, kOperatorPassphrase) == CKR_USER_ALREADY_LOGGED_IN);
  CHECK(login_user(token, CKU_SO, kAdministratorPassphrase, "") == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  CHECK(login_user(token, CKU_USER, "any passphrase", "somebody") == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  CHECK(token.module->C_Logout(token.session) == CKR_OK);
  CHECK(state(token) == CKS_RW_PUBLIC_SESSION);
}

TEST_CASE("C_LoginUser takes a null name for none") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  CHECK(token.module->C_LoginUser(token.session, CKU_SO, pin(kAdministratorPassphrase),
                                  kAdministratorPassphrase.size(), nullptr, 0) == CKR_OK);
  CHECK(state(token) == CKS_RW_SO_FUNCTIONS);
}

TEST_CASE("C_LoginUser checks its arguments and the role of the user") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  const auto call = [&](CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* the_pin, CK_UTF8CHAR* name,
                        CK_ULONG name_length) {
    return token.module->C_LoginUser(session, user, the_pin, kOperatorPassphrase.size(), name, name_length);
  };
  CK_UTF8CHAR* const good_pin = pin(kOperatorPassphrase);
  CK_UTF8CHAR* const good_name = pin(kOperator);
  CHECK(call(kNoSession, 99, nullptr, nullptr, 5) == CKR_SESSION_HANDLE_INVALID);
  CHECK(call(token.session, 99, nullptr, good_name, kOperator.size()) == CKR_ARGUMENTS_BAD);
  CHECK(call(token.session, 99, good_pin, nullptr, 5) == CKR_ARGUMENTS_BAD);
  CHECK(call(token.session, 99, good_pin, good_name, kOperator.size()) == CKR_USER_TYPE_INVALID);
  CHECK(call(token.session, CKU_CONTEXT_SPECIFIC, good_pin, good_name, kOperator.size()) ==
        CKR_OPERATION_NOT_INITIALIZED);
  CHECK(login_user(token, CKU_USER, kOperatorPassphrase, std::string(129, 'x')) == CKR_ARGUMENTS_BAD);
  CHECK(login_user(token, CKU_USER, kOperatorPassphrase, "operator:Operator") == CKR_ARGUMENTS_BAD);
  CHECK(login_user(token, CKU_USER, kAdministratorPassphrase, kAdministrator) == CKR_PIN_INCORRECT);
  CHECK(state(token) == CKS_RW_PUBLIC_SESSION);
}

TEST_CASE("The security officer cannot log in by name beside a read-only session either") {
  const ConfigFile config({without_passphrases()});
  TokenSession token(0, CKF_SERIAL_SESSION);
  CHECK(login_user(token, CKU_SO, kAdministratorPassphrase, kAdministrator) == CKR_SESSION_READ_ONLY_EXISTS);
}

TEST_CASE("A wrong PIN shows in the token's flags until the right one") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  CHECK((token_flags(token) & CKF_USER_PIN_COUNT_LOW) == 0);
  CHECK(login(token, CKU_USER, "not the passphrase") == CKR_PIN_INCORRECT);
  CHECK((token_flags(token) & CKF_USER_PIN_COUNT_LOW) != 0);
  CHECK((token_flags(token) & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED | CKF_SO_PIN_COUNT_LOW)) == 0);
  CHECK(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK((token_flags(token) & CKF_USER_PIN_COUNT_LOW) == 0);
}

TEST_CASE("A wrong PIN does not take a configured passphrase away") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CHECK(login(token, CKU_USER, "not the passphrase") == CKR_PIN_INCORRECT);
  CHECK(state(token) == CKS_RW_USER_FUNCTIONS);
  CHECK((token_flags(token) & CKF_LOGIN_REQUIRED) == 0);
  // The device refuses the user for a second now, which the module waits for.
  CK_BYTE random[4];
  CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_OK);
}

TEST_CASE("C_InitPIN is for the security officer") {
  const ConfigFile config({without_passphrases()});
  TokenSession token;
  const auto init_pin = [&](std::string_view new_pin) {
    return token.module->C_InitPIN(token.session, pin(new_pin), new_pin.size());
  };
  CHECK(token.module->C_InitPIN(kNoSession, nullptr, 0) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_InitPIN(token.session, nullptr, 10) == CKR_ARGUMENTS_BAD);
  CHECK(init_pin(kNewPin) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(init_pin(kNewPin) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);
  REQUIRE(login(token, CKU_SO, kAdministratorPassphrase) == CKR_OK);
  CHECK(init_pin("too short") == CKR_PIN_LEN_RANGE);
  CHECK(init_pin(std::string(201, 'x')) == CKR_PIN_LEN_RANGE);
  CHECK(init_pin("\xff\xfe not UTF-8") == CKR_PIN_INVALID);
}

TEST_CASE("C_SetPIN changes nothing without the old PIN or in a read-only session") {
  const ConfigFile config({without_passphrases()});
  const auto set_pin = [](TokenSession& token, std::string_view old_pin, std::string_view new_pin) {
    return token.module->C_SetPIN(token.session, pin(old_pin), old_pin.size(), pin(new_pin), new_pin.size());
  };
  SECTION("logged in or not") {
    TokenSession token;
    if (GENERATE(true, false)) REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
    CHECK(set_pin(token, kOperatorPassphrase, "too short") == CKR_PIN_LEN_RANGE);
    CHECK(set_pin(token, kOperatorPassphrase, std::string(201, 'x')) == CKR_PIN_LEN_RANGE);
    CHECK(set_pin(token, "", kNewPin) == CKR_PIN_INCORRECT);
    CHECK(set_pin(token, "not the passphrase", kNewPin) == CKR_PIN_INCORRECT);
    CHECK(token.module->C_SetPIN(token.session, nullptr, 4, pin(kNewPin), kNewPin.size()) ==
          CKR_ARGUMENTS_BAD);
    CHECK(token.module->C_SetPIN(token.session, pin(kNewPin), kNewPin.size(), nullptr, 4) ==
          CKR_ARGUMENTS_BAD);
    CHECK(token.module->C_SetPIN(kNoSession, nullptr, 0, nullptr, 0) == CKR_SESSION_HANDLE_INVALID);
  }
  SECTION("read-only") {
    TokenSession token(0, CKF_SERIAL_SESSION);
    CHECK(set_pin(token, "", "") == CKR_SESSION_READ_ONLY);
  }
}

TEST_CASE("C_InitToken checks everything, and leaves the token alone") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_UTF8CHAR label[32] = {};
  const auto init_token = [&](CK_SLOT_ID slot, CK_UTF8CHAR* the_label) {
    return token.module->C_InitToken(slot, pin(kAdministratorPassphrase), kAdministratorPassphrase.size(),
                                     the_label);
  };
  CHECK(init_token(88888, nullptr) == CKR_SLOT_ID_INVALID);
  CHECK(init_token(0, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_InitToken(0, nullptr, 0, label) == CKR_ARGUMENTS_BAD);
  CHECK(init_token(0, label) == CKR_SESSION_EXISTS);
  REQUIRE(token.module->C_CloseSession(token.session) == CKR_OK);
  CHECK(init_token(0, label) == CKR_FUNCTION_NOT_SUPPORTED);
}
