// SPDX-License-Identifier: Apache-2.0
#include "token/login.h"

#include <thread>

#include "base/log.h"
#include "token/rv.h"

namespace nethsm::token {
namespace {

// Of users' passphrases, in bytes; the device refuses others.
constexpr std::size_t kMinPassphrase = 10;
constexpr std::size_t kMaxPassphrase = 200;

// After a wrong passphrase the device refuses that user's requests for one second, right or wrong.
constexpr auto kRateLimit = milliseconds(1050);

const char* configuration_key(CK_USER_TYPE type) { return type == CKU_SO ? "administrator" : "operator"; }

Unexpected<Error> no_credential(CK_USER_TYPE type, const char* purpose, bool configured) {
  std::string message = std::string(purpose) + " needs the NetHSM ";
  message += configuration_key(type);
  message +=
      configured ? ", whose password is not configured: log in first" : ", which the slot does not configure";
  return fail(CKR_USER_NOT_LOGGED_IN, std::move(message));
}

}  // namespace

const Login::Known* Login::User::known() const {
  if (from_pin) return &*from_pin;
  return configured ? &*configured : nullptr;
}

bool Login::User::knows(const Secret& pin) const {
  return (from_pin && from_pin->passphrase == pin) || (configured && configured->passphrase == pin);
}

Login::Known Login::known(const std::string& name, const Secret& passphrase) {
  return {passphrase, api::make_credential(name, passphrase)};
}

Login::State Login::initial(const Settings& settings) {
  State state;
  const auto fill = [](User& user, const std::optional<Settings::User>& from) {
    if (!from) return;
    user.name = from->name;
    if (from->password && !from->password->empty()) user.configured = known(from->name, *from->password);
  };
  fill(state.operator_user, settings.operator_user);
  fill(state.administrator_user, settings.administrator_user);
  return state;
}

Login::Login(const Settings& settings, api::Client& client) : client_(client), state_(initial(settings)) {}

LoginState Login::state() const {
  auto state = state_.lock();
  if (state->logged_in == CKU_SO) return LoginState::kSecurityOfficer;
  if (state->logged_in == CKU_USER) return LoginState::kUser;
  // Without an operator the administrator is the one who reads: with a password, everything is readable.
  const User& first = state->operator_user.name.empty() ? state->administrator_user : state->operator_user;
  return first.configured ? LoginState::kUser : LoginState::kPublic;
}

Status Login::may_log_in(State& state, CK_USER_TYPE type) {
  if (type != CKU_USER && type != CKU_SO) {
    return fail(CKR_USER_TYPE_INVALID, "only CKU_USER and CKU_SO can log in; no key asks for its own login");
  }
  if (state.logged_in == type) return fail(CKR_USER_ALREADY_LOGGED_IN);
  if (state.logged_in) return fail(CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  if (state.user(type).name.empty()) {
    return fail(CKR_USER_PIN_NOT_INITIALIZED,
                std::string("the slot's configuration has no ") + configuration_key(type));
  }
  return Ok{};
}

Status Login::prove(const api::Credential& credential, CK_USER_TYPE type) {
  auto role = client_.role(credential);
  if (!role && role.error().kind == api::Error::Kind::kBusy) {
    std::this_thread::sleep_for(kRateLimit);
    role = client_.role(credential);
  }
  if (!role) return failure(role.error(), Doing::kLoggingIn);
  if (*role == (type == CKU_SO ? api::Role::kAdministrator : api::Role::kOperator)) return Ok{};
  return fail(CKR_PIN_INCORRECT, "the user \"" + credential.user +
                                     "\" does not have the role that the slot's `" + configuration_key(type) +
                                     "` needs");
}

Status Login::login(CK_USER_TYPE type, const Secret& pin) {
  Known candidate;
  {
    auto state = state_.lock();
    TRY(may_log_in(*state, type));
    if (pin.empty()) return fail(CKR_PIN_INCORRECT, "the PIN is empty");
    const User& user = state->user(type);
    if (user.configured && user.configured->passphrase == pin) {
      state->logged_in = type;
      return Ok{};
    }
    candidate = known(user.name, pin);
  }
  TRY(prove(candidate.credential, type));
  auto state = state_.lock();
  TRY(may_log_in(*state, type));  // another session may have been faster
  state->user(type).from_pin = std::move(candidate);
  state->logged_in = type;
  return Ok{};
}

Status Login::logout() {
  {
    auto state = state_.lock();
    if (!state->logged_in) return fail(CKR_USER_NOT_LOGGED_IN);
  }
  forget();
  return Ok{};
}

void Login::forget() {
  auto state = state_.lock();
  state->operator_user.from_pin.reset();
  state->administrator_user.from_pin.reset();
  state->logged_in.reset();
}

Status Login::set_pin(const Secret& old_pin, const Secret& new_pin) {
  CK_USER_TYPE type = CKU_USER;
  Known old_known, new_known;
  bool is_known = false;
  {
    auto state = state_.lock();
    if (state->logged_in == CKU_SO || state->operator_user.name.empty()) type = CKU_SO;
    const User& user = state->user(type);
    is_known = user.knows(old_pin);
    old_known = known(user.name, old_pin);
    new_known = known(user.name, new_pin);
  }
  if (old_pin.empty()) return fail(CKR_PIN_INCORRECT, "the old PIN is empty");
  if (new_pin.size() < kMinPassphrase || new_pin.size() > kMaxPassphrase) {
    return fail(CKR_PIN_LEN_RANGE, "a NetHSM passphrase has 10 to 200 bytes");
  }
  if (!is_known) TRY(prove(old_known.credential, type));
  const auto changed = client_.set_passphrase(old_known.credential, old_known.credential.user, new_pin);
  if (!changed) {
    const bool refused = changed.error().kind == api::Error::Kind::kRejected;
    return fail(refused ? CKR_PIN_INVALID : rv_of(changed.error().kind, Doing::kLoggingIn),
                changed.error().message);
  }
  auto state = state_.lock();
  User& user = state->user(type);
  if (user.configured && user.configured->passphrase == old_pin) {
    user.configured = new_known;
    log::warn("The passphrase of \"%s\" has been changed: the configuration file still has the old one",
              user.name.c_str());
  }
  if (user.from_pin) user.from_pin = std::move(new_known);
  return Ok{};
}

Result<api::Credential> Login::for_use() const {
  auto state = state_.lock();
  const User& user = state->operator_user;
  if (const Known* known = user.known()) return known->credential;
  return no_credential(CKU_USER, "using keys", !user.name.empty());
}

Result<api::Credential> Login::for_management() const {
  auto state = state_.lock();
  const User& user = state->administrator_user;
  if (const Known* known = user.known()) return known->credential;
  return no_credential(CKU_SO, "managing keys", !user.name.empty());
}

std::optional<api::Credential> Login::for_reading() const {
  auto state = state_.lock();
  for (const User* user : {&state->operator_user, &state->administrator_user}) {
    if (const Known* known = user->known()) return known->credential;
  }
  return std::nullopt;
}

std::optional<api::Credential> Login::configured_administrator() const {
  auto state = state_.lock();
  const auto& configured = state->administrator_user.configured;
  return configured ? std::optional(configured->credential) : std::nullopt;
}

}  // namespace nethsm::token
