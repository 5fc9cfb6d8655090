// SPDX-License-Identifier: Apache-2.0
// One token, many threads: meant for the thread sanitizer as much as for the results.
#include <thread>

#include "simulated_token.h"

using namespace nethsm;
using namespace nethsm::token;

namespace {

// A whole life of a key, which nobody else knows of; true if every step went as expected. Catch's assertions
// are not thread-safe.
bool live(Token& token, const std::string& id) {
  AttributeList public_key, private_key;
  public_key.hex(CKA_EC_PARAMS, "06082a8648ce3d030107");
  private_key.token().text(CKA_ID, id);
  const auto pair = token.generate_key_pair({CKM_EC_KEY_PAIR_GEN, nullptr, 0}, public_key.view(),
                                            private_key.view(), kSession);
  if (!pair) return false;
  const auto key = token.object(pair->private_key);
  if (!key || !token.sign(**key, api::Mechanism::kEcdsaSignature, Bytes(32, 1))) return false;
  if (!token.set_attributes(pair->private_key, with_id(id + "-renamed").view())) return false;
  const auto found = token.find(with_id(id + "-renamed").object_class(CKO_PRIVATE_KEY).view());
  if (!found || *found != std::vector{pair->private_key}) return false;
  return token.find({}) && token.destroy_object(pair->private_key) && token.destroy_object(pair->public_key);
}

}  // namespace

TEST_CASE("Threads that make, find, rename, use and destroy their own keys do not disturb each other") {
  SimulatedToken t;
  const auto kept = t.generate("kept");
  std::atomic<int> succeeded{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) {
        if (live(*t.token, "t" + std::to_string(i) + "-" + std::to_string(round))) ++succeeded;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(succeeded == 12);
  CHECK(*t.token->find(all_stored().view()) == std::vector{kept.private_key, kept.public_key});
}

TEST_CASE("Logins and logouts of threads leave one consistent state") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  const Secret pin{kOperatorPassphrase};
  std::atomic<int> unexpected{0}, logged_in{0}, logged_out{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const auto login = rv(t.token->login(CKU_USER, pin));
        if (login == CKR_OK) ++logged_in;
        if (login != CKR_OK && login != CKR_USER_ALREADY_LOGGED_IN) ++unexpected;
        const auto logout = rv(t.token->logout());
        if (logout == CKR_OK) ++logged_out;
        if (logout != CKR_OK && logout != CKR_USER_NOT_LOGGED_IN) ++unexpected;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(unexpected == 0);
  CHECK(logged_in == logged_out);
  CHECK(t.token->login_state() == LoginState::kPublic);
}
