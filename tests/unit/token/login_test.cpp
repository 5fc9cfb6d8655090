// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "contract/administration.h"
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
  CHECK(rv(t.token->login(CKU_USER, Secret(std::string(201, 'x')))) == CKR_PIN_INCORRECT);
  CHECK(rv(t.token->login(CKU_SO, kAdministratorPin)) == CKR_USER_PIN_NOT_INITIALIZED);
  CHECK(rv(t.token->login(CKU_CONTEXT_SPECIFIC, kOperatorPin)) == CKR_OPERATION_NOT_INITIALIZED);
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
  const auto refused = t.token->generate_key(generation, secret.view(), kSession);
  CHECK(rv(refused) == CKR_USER_NOT_LOGGED_IN);
  CHECK(refused.error().message.find("administrator") != std::string::npos);
  REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
  CHECK(t.token->generate_key(generation, secret.view(), kSession));
  REQUIRE(t.token->logout());
  CHECK(rv(t.token->generate_key(generation, secret.view(), kSession)) == CKR_USER_NOT_LOGGED_IN);
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
  CHECK(rv(t.token->set_pin(kOperatorPin, Secret(std::string(20, '\xff')))) == CKR_PIN_INVALID);
  CHECK(t.token->login(CKU_USER, kOperatorPin));
}

TEST_CASE("The security officer sets the operator's PIN, and the token goes on with it") {
  const Secret fresh{std::string_view("a fresh passphrase")};
  SECTION("which it knows from the configuration") {
    SimulatedToken t;
    const auto pair = t.generate("k1");
    REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
    REQUIRE(t.token->init_pin(fresh));
    CHECK(t.requests().back() == "POST /users/operator/passphrase");
    CHECK(sign(t, pair.private_key));
    REQUIRE(t.token->logout());
    CHECK(sign(t, pair.private_key));
  }
  SECTION("which it does not know, and does not learn") {
    SimulatedToken t(without_passwords);
    REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
    REQUIRE(t.token->init_pin(fresh));
    CHECK(rv(t.token->may_use_keys()) == CKR_USER_NOT_LOGGED_IN);
    REQUIRE(t.token->logout());
    CHECK(t.token->login(CKU_USER, fresh));
  }
}

TEST_CASE("Nobody but the security officer sets a PIN without the old one, and not to any") {
  SimulatedToken t;
  const Secret fresh{std::string_view("a fresh passphrase")};
  CHECK(rv(t.token->init_pin(fresh)) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(t.token->login(CKU_USER, kOperatorPin));
  CHECK(rv(t.token->init_pin(fresh)) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(t.token->logout());
  REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
  CHECK(rv(t.token->init_pin(Secret(std::string_view("too short")))) == CKR_PIN_LEN_RANGE);
  CHECK(rv(t.token->init_pin(Secret(std::string(201, 'x')))) == CKR_PIN_LEN_RANGE);
  CHECK(rv(t.token->init_pin(Secret(std::string(20, '\xff')))) == CKR_PIN_INVALID);
  CHECK(t.requests().empty());
}

TEST_CASE("A PIN cannot be set for an operator who is not there") {
  const Secret fresh{std::string_view("a fresh passphrase")};
  SimulatedToken t([](Settings& settings) {
    if (GENERATE(true, false)) {
      settings.operator_user.reset();
    } else {
      settings.operator_user = {"nobody", std::nullopt};
    }
  });
  REQUIRE(t.token->login(CKU_SO, kAdministratorPin));
  CHECK(rv(t.token->init_pin(fresh)) == CKR_FUNCTION_FAILED);
}

TEST_CASE("Wrong PINs are told of until the right one") {
  SimulatedToken t(without_passwords);
  const auto flags = [&] {
    constexpr CK_FLAGS kOnes = CKF_USER_PIN_COUNT_LOW | CKF_SO_PIN_COUNT_LOW;
    const auto info = t.token->token_info();
    REQUIRE(info);
    CHECK((info->flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) == 0);
    return info->flags & kOnes;
  };
  CHECK(flags() == 0);
  CHECK(rv(t.token->login(CKU_USER, kWrongPin)) == CKR_PIN_INCORRECT);
  CHECK(flags() == CKF_USER_PIN_COUNT_LOW);
  CHECK(rv(t.token->login(CKU_SO, Secret())) == CKR_PIN_INCORRECT);
  CHECK(flags() == (CKF_USER_PIN_COUNT_LOW | CKF_SO_PIN_COUNT_LOW));
  CHECK(t.token->login(CKU_USER, kOperatorPin));
  CHECK(flags() == CKF_SO_PIN_COUNT_LOW);
}

TEST_CASE("A user whom the application names takes the configured one's place until logout") {
  SimulatedToken t;
  test::Administration(*t.device, "admin:Administrator").add_user("second", "Operator", "second passphrase");
  const Secret second_pin{std::string_view("second passphrase")};
  t.requests();
  REQUIRE(t.token->login(CKU_USER, second_pin, "second"));
  CHECK(rv(t.token->login(CKU_USER, second_pin, "second")) == CKR_USER_ALREADY_LOGGED_IN);
  CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  CHECK(rv(t.token->login(CKU_USER, kOperatorPin, "operator")) == CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  Bytes random(8);
  REQUIRE(t.token->random(random));
  CHECK(t.device->requests().back().user == "second");
  SECTION("and changes its own passphrase") {
    const Secret fresh{std::string_view("a fresh passphrase")};
    CHECK(rv(t.token->set_pin(kOperatorPin, fresh)) == CKR_PIN_INCORRECT);
    REQUIRE(t.token->set_pin(second_pin, fresh));
    REQUIRE(t.token->random(random));
    REQUIRE(t.token->logout());
    CHECK(t.token->login(CKU_USER, kOperatorPin));
  }
  SECTION("then the configured one is back") {
    REQUIRE(t.token->logout());
    REQUIRE(t.token->random(random));
    CHECK(t.device->requests().back().user == "operator");
  }
}

TEST_CASE("The configured user's own name is as good as none") {
  SimulatedToken t;
  CHECK(t.token->login(CKU_USER, kOperatorPin, "operator"));
  CHECK(t.requests().empty());
  CHECK(rv(t.token->login(CKU_USER, kOperatorPin)) == CKR_USER_ALREADY_LOGGED_IN);
}

TEST_CASE("A slot without configured users takes those whom the application names") {
  SimulatedToken t([](Settings& settings) { settings.administrator_user.reset(); });
  CHECK(rv(t.token->login(CKU_SO, kAdministratorPin)) == CKR_USER_PIN_NOT_INITIALIZED);
  REQUIRE(t.token->login(CKU_SO, kAdministratorPin, "admin"));
  CHECK(t.token->login_state() == LoginState::kSecurityOfficer);
  CHECK(t.generate("k1").private_key != CK_INVALID_HANDLE);
}

TEST_CASE("Names that no user can have cost no request") {
  SimulatedToken t;
  for (const std::string& name :
       {std::string("operator:Operator"), std::string("a~b~c"), std::string("~operator"), std::string("ns~"),
        std::string("with blank"), std::string("nul\0", 4), std::string(129, 'x'), std::string("\xff")}) {
    CAPTURE(name);
    CHECK(rv(t.token->login(CKU_USER, kOperatorPin, name)) == CKR_ARGUMENTS_BAD);
  }
  CHECK(t.requests().empty());
  CHECK(rv(t.token->login(CKU_USER, kOperatorPin, "nobody")) == CKR_PIN_INCORRECT);
}

TEST_CASE("In another namespace other keys have the same names") {
  SimulatedToken t;
  {
    test::Administration root(*t.device, "admin:Administrator");
    root.add_user("ns~admin", "Administrator", "the ns administrator");
    root.add_namespace("ns");
    test::Administration(*t.device, "ns~admin:the ns administrator")
        .add_user("ns~operator", "Operator", "the ns operator");
  }
  const Secret operator_pin{std::string_view("the ns operator")};
  const Secret administrator_pin{std::string_view("the ns administrator")};
  const auto root_pair = t.generate("k1");
  const Bytes root_point = t.value(root_pair.public_key, CKA_EC_POINT);

  REQUIRE(t.token->login(CKU_SO, administrator_pin, "ns~admin"));
  // The configured operator belongs to the root: it has no part in this.
  CHECK(t.count(all_stored()) == 0);
  CHECK(rv(t.token->may_use_keys()) == CKR_USER_NOT_LOGGED_IN);
  CHECK(rv(t.token->object(root_pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  const Bytes ns_point = t.value(t.generate("k1").public_key, CKA_EC_POINT);
  CHECK(ns_point != root_point);
  REQUIRE(t.token->logout());

  REQUIRE(t.token->login(CKU_USER, operator_pin, "ns~operator"));
  AttributeList public_key = with_id("k1");
  public_key.object_class(CKO_PUBLIC_KEY);
  CHECK(t.value(t.only(public_key), CKA_EC_POINT) == ns_point);
  AttributeList private_key = with_id("k1");
  private_key.object_class(CKO_PRIVATE_KEY);
  CHECK(sign(t, t.only(private_key)));
  // Nor has the configured administrator.
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32);
  const auto refused = t.token->generate_key({CKM_AES_KEY_GEN, nullptr, 0}, secret.view(), kSession);
  CHECK(rv(refused) == CKR_USER_NOT_LOGGED_IN);
  CHECK(refused.error().message.find("namespace") != std::string::npos);
  REQUIRE(t.token->logout());

  CHECK(t.value(t.only(public_key), CKA_EC_POINT) == root_point);
}

TEST_CASE("Handles of private objects end with the login, those of public objects do not") {
  const bool needs_login = GENERATE(true, false);
  SimulatedToken t([&](Settings& settings) {
    if (needs_login) settings.operator_user->password.reset();
  });
  REQUIRE(t.token->login(CKU_USER, kOperatorPin));
  const auto pair = t.generate("k1");
  REQUIRE(t.token->logout());
  CHECK(t.token->object(pair.public_key));
  CHECK(bool(t.token->object(pair.private_key)) != needs_login);
  REQUIRE(t.token->login(CKU_USER, kOperatorPin));
  CHECK(bool(t.token->object(pair.private_key)) != needs_login);
  AttributeList wanted = with_id("k1");
  wanted.object_class(CKO_PRIVATE_KEY);
  CHECK(sign(t, t.only(wanted)));
}
