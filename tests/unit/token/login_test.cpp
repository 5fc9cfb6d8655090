// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "simulated_token.h"

using namespace nethsm;
using namespace nethsm::token;
using Requests = std::vector<std::string>;

namespace {

const Secret kOperatorPin{kOperatorPassphrase};
const Secret kAdministratorPin{kAdministratorPassphrase};
const Secret kWrongPin{std::string_view("wrong passphrase")};

void without_passwords(Settings& settings) {
  settings.operator_user->password.reset();
  settings.administrator_user->password.reset();
}

token::Status sign(const SimulatedToken& t, CK_OBJECT_HANDLE handle) {
  const auto object = t.token->object(handle);
  REQUIRE(object);
  TRY(t.token->sign(**object, api::Mechanism::kEcdsaSignature, Bytes(32, 1)));
  return Ok{};
}

}  // namespace

TEST_CASE("A token with a configured operator is in the user state from the start") {
  SimulatedToken t;
  CHECK(t.token->login_state() == LoginState::kUser);
  CHECK(t.token->may_use_keys());
  SECTION("the first login with the configured password needs no request") {
    CHECK(t.token->login(CKU_USER, kOperatorPin));
    CHECK(t.requests().empty());
    CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_USER_ALREADY_LOGGED_IN);
  }
  SECTION("logging out returns to that state, and works once") {
    CHECK(rv(t.token->logout()) == CKR_USER_NOT_LOGGED_IN);
    REQUIRE(t.token->login(CKU_USER, kOperatorPin));
    CHECK(t.token->logout());
    CHECK(t.token->login_state() == LoginState::kUser);
    CHECK(t.token->may_use_keys());
    CHECK(rv(t.token->logout()) == CKR_USER_NOT_LOGGED_IN);
  }
  SECTION("the security officer can log in beside it") {
    CHECK(t.token->login(CKU_SO, kAdministratorPin));
    CHECK(t.token->login_state() == LoginState::kSecurityOfficer);
    CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
    t.token->forget_login();
    CHECK(t.token->login_state() == LoginState::kUser);
  }
}

TEST_CASE("Without passwords the state is public until somebody logs in") {
  SimulatedToken t(without_passwords);
  CHECK(t.token->login_state() == LoginState::kPublic);
  CHECK(rv(t.token->may_use_keys()) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(t.token->login(CKU_USER, kOperatorPin));
  CHECK(t.requests() == Requests{"GET /users/operator"});
  CHECK(t.token->login_state() == LoginState::kUser);
  CHECK(t.token->may_use_keys());
  CHECK(rv(t.token->login(CKU_SO, kAdministratorPin)) == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  REQUIRE(t.token->logout());
  CHECK(t.token->login_state() == LoginState::kPublic);
  CHECK(rv(t.token->may_use_keys()) == CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE("A wrong PIN is incorrect and leaves a working credential alone") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  CHECK(rv(t.token->login(CKU_USER, kWrongPin)) == CKR_PIN_INCORRECT);
  CHECK(t.token->login_state() == LoginState::kUser);
  // The device refuses the user for a second after the wrong one; the cluster waits for it.
  CHECK(sign(t, pair.private_key));
}

TEST_CASE("The right PIN directly after a wrong one is accepted, late") {
  SimulatedToken t(without_passwords);
  CHECK(rv(t.token->login(CKU_USER, kWrongPin)) == CKR_PIN_INCORRECT);
  CHECK(t.token->login(CKU_USER, kOperatorPin));
}

TEST_CASE("PINs that cannot be right and users that do not exist cost no request") {
  SimulatedToken t([](Settings& settings) {
    without_passwords(settings);
    settings.administrator_user.reset();
  });
  CHECK(rv(t.token->login(CKU_USER, Secret())) == CKR_PIN_INCORRECT);
  CHECK(rv(t.token->login(CKU_SO, kAdministratorPin)) == CKR_USER_PIN_NOT_INITIALIZED);
  CHECK(rv(t.token->login(CKU_CONTEXT_SPECIFIC, kOperatorPin)) == CKR_USER_TYPE_INVALID);
  CHECK(rv(t.token->login(99, kOperatorPin)) == CKR_USER_TYPE_INVALID);
  CHECK(t.requests().empty());
}

TEST_CASE("A user of another role cannot log in with its right passphrase") {
  SimulatedToken t([](Settings& settings) {
    settings.operator_user = {"admin", std::nullopt};
    settings.administrator_user.reset();
  });
  const auto result = t.token->login(CKU_USER, kAdministratorPin);
  CHECK(rv(result) == CKR_PIN_INCORRECT);
  CHECK(result.error().message.find("role") != std::string::npos);
}

TEST_CASE("A device that cannot be reached is no wrong PIN") {
  SimulatedToken t(without_passwords);
  t.device->stop_instance(0);
  CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_DEVICE_ERROR);
  CHECK(t.token->login_state() == LoginState::kPublic);
}

TEST_CASE("Management needs the administrator, whoever is logged in") {
  SimulatedToken t([](Settings& settings) { settings.administrator_user->password.reset(); });
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32);
  const CK_MECHANISM generation{CKM_AES_KEY_GEN, nullptr, 0};
  const auto refused = t.token->generate_key(generation, secret.view());
  CHECK(rv(refused) == CKR_USER_NOT_LOGGED_IN);
  CHECK(refused.error().message.find("administrator") != std::string::npos);
  REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
  CHECK(t.token->generate_key(generation, secret.view()));
  REQUIRE(t.token->logout());
  CHECK(rv(t.token->generate_key(generation, secret.view())) == CKR_USER_NOT_LOGGED_IN);
}

TEST_CASE("A changed PIN is the credential from then on") {
  const Secret fresh{std::string_view("a fresh passphrase")};
  SECTION("of the configured operator") {
    SimulatedToken t;
    const auto pair = t.generate("k1");
    REQUIRE(t.token->set_pin(kOperatorPin, fresh));
    CHECK(sign(t, pair.private_key));
    CHECK(t.token->login(CKU_USER, fresh));
  }
  SECTION("of an operator who has logged in") {
    SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
    const auto pair = t.generate("k1");
    REQUIRE(t.token->login(CKU_USER, kOperatorPin));
    REQUIRE(t.token->set_pin(kOperatorPin, fresh));
    CHECK(sign(t, pair.private_key));
    REQUIRE(t.token->logout());
    CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_PIN_INCORRECT);
  }
  SECTION("of the administrator who has logged in as security officer") {
    SimulatedToken t;
    REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
    REQUIRE(t.token->set_pin(kAdministratorPin, fresh));
    CHECK(t.generate("k1").private_key != CK_INVALID_HANDLE);
  }
}

TEST_CASE("A PIN is not changed without the old one or to one that the device refuses") {
  SimulatedToken t;
  CHECK(rv(t.token->set_pin(kWrongPin, Secret(std::string_view("a fresh passphrase")))) == CKR_PIN_INCORRECT);
  CHECK(rv(t.token->set_pin(kOperatorPin, Secret(std::string_view("too short")))) == CKR_PIN_LEN_RANGE);
  CHECK(rv(t.token->set_pin(kOperatorPin, Secret(std::string(201, 'x')))) == CKR_PIN_LEN_RANGE);
  CHECK(t.token->login(CKU_USER, kOperatorPin));
}
