// SPDX-License-Identifier: Apache-2.0
// Slot and token information, and the use of keys.
#include "token/token.h"

#include <cstring>

#include "simulated_token.h"

using namespace nethsm;
using namespace nethsm::token;

namespace {

template <std::size_t N>
std::string text(const CK_UTF8CHAR (&field)[N]) {
  return {reinterpret_cast<const char*>(field), N};
}
std::string padded(std::string text, std::size_t size) {
  text.resize(size, ' ');
  return text;
}

}  // namespace

TEST_CASE("The token shows the slot's label and the device's names") {
  SimulatedToken t;
  CHECK(t.token->present());
  const auto slot = t.token->slot_info();
  CHECK(slot.flags == (CKF_TOKEN_PRESENT | CKF_HW_SLOT));
  CHECK(text(slot.slotDescription) == padded("NetHSM", 64));
  const auto info = t.token->token_info();
  REQUIRE(info);
  CHECK(text(info->label) == padded("test", 32));
  CHECK(text(info->model) == padded("NetHSM", 16));
  CHECK(text(info->manufacturerID) == text(slot.manufacturerID));
  CHECK(text(info->serialNumber) != padded("unknown", 16));
  CHECK(info->flags ==
        (CKF_RNG | CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_DUAL_CRYPTO_OPERATIONS));
  CHECK(info->ulMaxRwSessionCount == CK_EFFECTIVELY_INFINITE);
  CHECK(info->firmwareVersion.major == 5);
}

TEST_CASE("Information is asked for once in a while, not once a call") {
  SimulatedToken t;
  for (int i = 0; i < 10; ++i) {
    t.token->slot_info();
    CHECK(t.token->token_info());
  }
  CHECK(t.requests().size() == 3);  // state, info, system info
}

TEST_CASE("A login is required where the first user has no password") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  CHECK((t.token->token_info()->flags & CKF_LOGIN_REQUIRED) != 0);
  SECTION("an administrator alone is the first user") {
    const auto other = t.make_token([](Settings& settings) { settings.operator_user.reset(); });
    CHECK((other->token_info()->flags & (CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED)) == 0);
    CHECK(other->login_state() == LoginState::kUser);
    CHECK(rv(other->may_use_keys()) == CKR_USER_NOT_LOGGED_IN);
  }
}

TEST_CASE("Without an administrator's password the serial number is unknown") {
  SimulatedToken t([](Settings& settings) { settings.administrator_user->password.reset(); });
  CHECK(text(t.token->token_info()->serialNumber) == padded("unknown", 16));
}

TEST_CASE("Long labels are cut between characters") {
  SimulatedToken t([](Settings& settings) { settings.label = std::string(31, 'x') + "\xc3\xb6"; });
  CHECK(text(t.token->token_info()->label) == std::string(31, 'x') + " ");
}

TEST_CASE("A device that cannot be reached is an absent token in a slot that stays") {
  SimulatedToken t;
  t.device->stop_instance(0);
  CHECK_FALSE(t.token->present());
  CHECK(t.token->slot_info().flags == CKF_HW_SLOT);
  CHECK(rv(t.token->token_info()) == CKR_TOKEN_NOT_PRESENT);
}

TEST_CASE("Random bytes come in any number") {
  SimulatedToken t;
  Bytes bytes(2500);
  CHECK(t.token->random(bytes));
  CHECK(t.requests().size() == 3);
  CHECK(std::ranges::count(bytes, 0) < 100);
  CHECK(t.token->random({}));
  CHECK(t.requests().empty());
}

TEST_CASE("AES blocks are encrypted and decrypted by the device") {
  SimulatedToken t;
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32);
  const auto handle = t.token->generate_key({CKM_AES_KEY_GEN, nullptr, 0}, secret.view(), kSession);
  REQUIRE(handle);
  const auto key = t.token->object(*handle);
  const Bytes iv(16, 1), plain(32, 2);
  const auto encrypted = t.token->encrypt(**key, api::Mechanism::kAesEncryptionCbc, plain, iv);
  REQUIRE(encrypted);
  const auto decrypted = t.token->decrypt(**key, api::Mechanism::kAesDecryptionCbc, *encrypted, iv);
  REQUIRE(decrypted);
  CHECK(std::ranges::equal(*decrypted, plain));
  CHECK(rv(t.token->encrypt(**key, api::Mechanism::kAesEncryptionCbc, Bytes(15), iv)) == CKR_DATA_INVALID);
  CHECK(rv(t.token->decrypt(**key, api::Mechanism::kAesDecryptionCbc, Bytes(15), iv)) ==
        CKR_ENCRYPTED_DATA_INVALID);
}

TEST_CASE("Using a key that somebody has deleted says so") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  const auto key = t.token->object(pair.private_key);
  REQUIRE(t.make_client()->delete_key(api::make_credential("admin", Secret(kAdministratorPassphrase)), "k1"));
  CHECK(rv(t.token->sign(**key, api::Mechanism::kEcdsaSignature, Bytes(32))) == CKR_KEY_HANDLE_INVALID);
}
