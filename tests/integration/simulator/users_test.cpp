// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <string_view>

#include "catch.hpp"
#include "contract/administration.h"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

SlotOptions without_passphrases(const simulator::Simulator& simulator) {
  SlotOptions slot = slot_of(simulator);
  slot.operator_passphrase.reset();
  slot.administrator_passphrase.reset();
  return slot;
}

CK_RV login(TokenSession& token, CK_USER_TYPE user, std::string_view passphrase) {
  return token.module->C_Login(token.session, user, pin(passphrase), passphrase.size());
}

CK_RV set_pin(TokenSession& token, std::string_view old_pin, std::string_view new_pin) {
  return token.module->C_SetPIN(token.session, pin(old_pin), old_pin.size(), pin(new_pin), new_pin.size());
}

// The device answers nobody from this address for a second after a wrong passphrase.
void wait_for_rate_limit() { usleep(1'100'000); }

}  // namespace

TEST_CASE("C_SetPIN changes the passphrase on the device, for later logins as well") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({without_passphrases(simulator)});
  constexpr std::string_view kNew = "A new passphrase";
  {
    TokenSession token;
    REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
    REQUIRE(set_pin(token, kOperatorPassphrase, kNew) == CKR_OK);
    CK_BYTE random[4];
    CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_OK);
  }
  TokenSession token;
  CHECK(login(token, CKU_USER, kOperatorPassphrase) == CKR_PIN_INCORRECT);
  wait_for_rate_limit();
  CHECK(login(token, CKU_USER, kNew) == CKR_OK);
}

TEST_CASE("C_SetPIN checks its session and arguments") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({without_passphrases(simulator)});
  TokenSession token(0, CKF_SERIAL_SESSION);
  REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(set_pin(token, kOperatorPassphrase, "A new passphrase") == CKR_SESSION_READ_ONLY);
  CHECK(token.module->C_SetPIN(token.session, nullptr, 4, nullptr, 4) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_SetPIN(99999, pin("x"), 1, pin("y"), 1) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("An operator cannot log in with the administrator's passphrase, nor the other way round") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({without_passphrases(simulator)});
  TokenSession token;
  CHECK(login(token, CKU_USER, kAdministratorPassphrase) == CKR_PIN_INCORRECT);
  CHECK(login(token, CKU_SO, kOperatorPassphrase) == CKR_PIN_INCORRECT);
  wait_for_rate_limit();
  CHECK(login(token, CKU_SO, kAdministratorPassphrase) == CKR_OK);
}

TEST_CASE("Management needs the administrator, key use the operator") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({without_passphrases(simulator)});
  TokenSession token;
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  Attributes wanted;
  wanted.flag(CKA_TOKEN, true).text(CKA_ID, "managed").number(CKA_VALUE_LEN, 32);
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  const auto generate = [&] {
    return token.module->C_GenerateKey(token.session, &mechanism, wanted.data(), wanted.size(), &key);
  };
  REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
  CHECK(generate() == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);
  REQUIRE(login(token, CKU_SO, kAdministratorPassphrase) == CKR_OK);
  CHECK(generate() == CKR_OK);
  CK_BYTE random[4];
  CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE("An active operation does not survive logout") {
  simulator::Simulator simulator(demo());
  SlotOptions slot = without_passphrases(simulator);
  slot.administrator_passphrase = std::string(kAdministratorPassphrase);
  const ConfigFile config({slot});
  TokenSession token;
  const auto pair = token.generate_ed25519("logout");
  REQUIRE(login(token, CKU_USER, kOperatorPassphrase) == CKR_OK);
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);
  CK_BYTE signature[64];
  CK_ULONG length = sizeof signature;
  CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature, &length) ==
        CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE("C_InitPIN sets the operator's passphrase, and the module goes on with it") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  constexpr std::string_view kNew = "A new passphrase";
  TokenSession token;
  REQUIRE(login(token, CKU_SO, kAdministratorPassphrase) == CKR_OK);
  REQUIRE(token.module->C_InitPIN(token.session, pin(kNew), kNew.size()) == CKR_OK);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);
  CK_BYTE random[4];
  CHECK(token.module->C_GenerateRandom(token.session, random, sizeof random) == CKR_OK);
  CHECK(login(token, CKU_USER, kNew) == CKR_OK);
}

TEST_CASE("C_LoginUser takes users of namespaces, who see the keys of theirs") {
  simulator::Simulator simulator(demo());
  {
    Administration root(simulator, "admin:Administrator");
    root.add_user("ns~admin", "Administrator", "the ns administrator");
    root.add_namespace("ns");
    Administration(simulator, "ns~admin:the ns administrator")
        .add_user("ns~operator", "Operator", "the ns operator");
  }
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const auto login_user = [&](CK_USER_TYPE user, std::string_view passphrase, std::string_view name) {
    return token.module->C_LoginUser(token.session, user, pin(passphrase), passphrase.size(), pin(name),
                                     name.size());
  };
  const auto root_key = token.generate_ed25519("key");
  const Bytes root_point = token.attribute(root_key.public_key, CKA_EC_POINT);

  REQUIRE(login_user(CKU_SO, "the ns administrator", "ns~admin") == CKR_OK);
  CHECK(token.find(all_stored()).empty());
  const auto ns_key = token.generate_ed25519("key");
  const Bytes ns_point = token.attribute(ns_key.public_key, CKA_EC_POINT);
  CHECK(ns_point != root_point);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);

  REQUIRE(login_user(CKU_USER, "the ns operator", "ns~operator") == CKR_OK);
  const auto found = token.find(Attributes().text(CKA_ID, "key").number(CKA_CLASS, CKO_PRIVATE_KEY));
  REQUIRE(found.size() == 1);
  CHECK(token.attribute(found[0], CKA_EC_POINT) == ns_point);
  CHECK(token.sign({CKM_EDDSA, nullptr, 0}, found[0], as_bytes("data")).rv == CKR_OK);
  REQUIRE(token.module->C_Logout(token.session) == CKR_OK);

  const auto again = token.find(Attributes().text(CKA_ID, "key").number(CKA_CLASS, CKO_PUBLIC_KEY));
  REQUIRE(again.size() == 1);
  CHECK(token.attribute(again[0], CKA_EC_POINT) == root_point);
}
