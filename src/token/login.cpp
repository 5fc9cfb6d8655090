// SPDX-License-Identifier: Apache-2.0
#include "token/login.h"

#include <thread>

#include "base/log.h"

namespace nethsm::token {
namespace {

// After a wrong passphrase the device refuses that user's requests for one second, right or wrong.
constexpr auto kRateLimit = milliseconds(1050);

const char* configuration_key(CK_USER_TYPE type) { return type == CKU_SO ? "administrator" : "operator"; }

}  // namespace

const Login::Known* Login::User::known() const {
  if (from_pin) return &*from_pin;
  return configured ? &*configured : nullptr;
}

bool Login::User::knows(const Secret& pin) const {
  const Known* acting = known();
  return (acting != nullptr && acting->passphrase == pin) ||
         (configured && acting_name() == name && configured->passphrase == pin);
}

void Login::User::change_passphrase(const Known& to) {
  if (from_pin && from_pin->credential.user == to.credential.user) from_pin = to;
  if (!configured || name != to.credential.user) return;
  configured = to;
  log::warn("The passphrase of \"%s\" has been changed: the configuration file still has the old one",
            name.c_str());
}

bool Login::State::is_kept_out(CK_USER_TYPE type) const {
  if (!logged_in || *logged_in == type) return false;
  const std::string& acting = user(*logged_in).acting_name();
  return acting != user(*logged_in).name &&
         api::namespace_of(acting) != api::namespace_of(user(type).acting_name());
}

const Login::Known* Login::State::acting(CK_USER_TYPE type) const {
  return is_kept_out(type) ? nullptr : user(type).known();
}

const Login::Known* Login::State::reading() const {
  const Known* known = acting(CKU_USER);
  return known != nullptr ? known : acting(CKU_SO);
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

Status Login::may_log_in(const State& state, CK_USER_TYPE type, const std::string& name) {
  if (type == CKU_CONTEXT_SPECIFIC) {
    return fail(CKR_OPERATION_NOT_INITIALIZED, "no operation waits for a login of its own");
  }
  if (type != CKU_USER && type != CKU_SO) {
    return fail(CKR_USER_TYPE_INVALID, "only CKU_USER and CKU_SO can log in");
  }
  const std::string& wanted = name.empty() ? state.user(type).name : name;
  if (state.logged_in) {
    const bool same = *state.logged_in == type && state.user(type).acting_name() == wanted;
    return fail(same ? CKR_USER_ALREADY_LOGGED_IN : CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  }
  if (wanted.empty()) {
    return fail(CKR_USER_PIN_NOT_INITIALIZED,
                std::string("the slot's configuration has no ") + configuration_key(type));
  }
  // A colon, for one, would pass for the end of the name.
  if (!name.empty() && !api::is_valid_user(name)) {
    return fail(CKR_ARGUMENTS_BAD, "no user of a NetHSM can have the name that was given");
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

Status Login::login(CK_USER_TYPE type, const Secret& pin, const std::string& name) {
  Known candidate;
  {
    auto state = state_.lock();
    TRY(may_log_in(*state, type, name));
    User& user = state->user(type);
    candidate = known(name.empty() ? user.name : name, pin);
    if (user.configured && candidate.credential.user == user.name && user.configured->passphrase == pin) {
      state->logged_in = type;
      user.wrong_pin = false;
      return Ok{};
    }
  }
  const bool possible = !pin.empty() && pin.size() <= api::kMaxPassphraseLength;
  const Status proof = possible ? prove(candidate.credential, type)
                                : Status(fail(CKR_PIN_INCORRECT, "no passphrase has this length"));
  auto state = state_.lock();
  User& user = state->user(type);
  if (!proof) {
    if (proof.error().rv == CKR_PIN_INCORRECT) user.wrong_pin = true;
    return proof;
  }
  TRY(may_log_in(*state, type, name));  // another session may have been faster
  user.from_pin = std::move(candidate);
  user.wrong_pin = false;
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

CK_FLAGS Login::wrong_pin_flags() const {
  auto state = state_.lock();
  return (state->operator_user.wrong_pin ? CKF_USER_PIN_COUNT_LOW : 0) |
         (state->administrator_user.wrong_pin ? CKF_SO_PIN_COUNT_LOW : 0);
}

Status Login::is_settable(const Secret& pin) {
  if (pin.size() < api::kMinPassphraseLength || pin.size() > api::kMaxPassphraseLength) {
    return fail(CKR_PIN_LEN_RANGE, "a NetHSM passphrase has 10 to 200 bytes");
  }
  if (!is_valid_utf8(pin.reveal())) return fail(CKR_PIN_INVALID, "a NetHSM passphrase is UTF-8");
  return Ok{};
}

Status Login::change_on_device(const api::Credential& as, const std::string& user, const Secret& pin,
                               Doing doing) {
  const auto changed = client_.set_passphrase(as, user, pin);
  if (changed) return Ok{};
  const auto kind = changed.error().kind;
  if (kind == api::Error::Kind::kRejected) return fail(CKR_PIN_INVALID, changed.error().message);
  // Of codes about objects, which the table has, none would fit a user that does not exist.
  if (kind == api::Error::Kind::kNotFound) return fail(CKR_FUNCTION_FAILED, changed.error().message);
  return failure(changed.error(), doing);
}

Status Login::set_pin(const Secret& old_pin, const Secret& new_pin) {
  CK_USER_TYPE type = CKU_USER;
  Known old_known, new_known;
  bool is_known = false;
  {
    auto state = state_.lock();
    if (state->logged_in == CKU_SO || state->user(CKU_USER).acting_name().empty()) type = CKU_SO;
    const User& user = state->user(type);
    is_known = user.knows(old_pin);
    old_known = known(user.acting_name(), old_pin);
    new_known = known(user.acting_name(), new_pin);
  }
  if (old_pin.empty()) return fail(CKR_PIN_INCORRECT, "the old PIN is empty");
  TRY(is_settable(new_pin));
  if (!is_known) TRY(prove(old_known.credential, type));
  TRY(change_on_device(old_known.credential, old_known.credential.user, new_pin, Doing::kLoggingIn));
  state_.lock()->user(type).change_passphrase(new_known);
  return Ok{};
}

Status Login::init_pin(const Secret& pin) {
  std::string name;
  api::Credential administrator;
  {
    auto state = state_.lock();
    if (state->logged_in != CKU_SO) {
      return fail(CKR_USER_NOT_LOGGED_IN, "only the security officer may set the user's PIN");
    }
    administrator = state->acting(CKU_SO)->credential;
    if (!state->is_kept_out(CKU_USER)) name = state->operator_user.name;
  }
  TRY(is_settable(pin));
  if (name.empty()) {
    return fail(CKR_FUNCTION_FAILED, "the slot configures no operator that \"" + administrator.user +
                                         "\" could set the passphrase of");
  }
  TRY(change_on_device(administrator, name, pin, Doing::kManaging));
  state_.lock()->operator_user.change_passphrase(known(name, pin));
  return Ok{};
}

Unexpected<Error> Login::no_credential(const State& state, CK_USER_TYPE type, const char* purpose) {
  const std::string& name = state.user(type).name;
  std::string message = std::string(purpose) + " needs the NetHSM ";
  message += configuration_key(type);
  if (name.empty())
    return fail_loudly(CKR_USER_NOT_LOGGED_IN, message + ", which the slot does not configure");
  message += " \"" + name + "\", ";
  if (state.is_kept_out(type)) {
    message += "which does not belong to the namespace of the user who is logged in";
    return fail_loudly(CKR_USER_NOT_LOGGED_IN, std::move(message));
  }
  message += "whose password is not configured: log in first";
  // Applications often try whether keys can be used before they log in; nobody needs to hear of that.
  if (type == CKU_USER) return fail(CKR_USER_NOT_LOGGED_IN, std::move(message));
  return fail_loudly(CKR_USER_NOT_LOGGED_IN, std::move(message));
}

Result<api::Credential> Login::for_use() const {
  auto state = state_.lock();
  if (const Known* known = state->acting(CKU_USER)) return known->credential;
  return no_credential(*state, CKU_USER, "using keys");
}

Result<api::Credential> Login::for_management() const {
  auto state = state_.lock();
  if (const Known* known = state->acting(CKU_SO)) return known->credential;
  return no_credential(*state, CKU_SO, "managing keys");
}

std::optional<api::Credential> Login::for_reading() const {
  auto state = state_.lock();
  const Known* known = state->reading();
  return known != nullptr ? std::optional(known->credential) : std::nullopt;
}

std::string Login::reading_namespace() const {
  auto state = state_.lock();
  const Known* known = state->reading();
  return known != nullptr ? std::string(api::namespace_of(known->credential.user)) : std::string();
}

std::optional<api::Credential> Login::configured_administrator() const {
  auto state = state_.lock();
  const auto& configured = state->administrator_user.configured;
  return configured ? std::optional(configured->credential) : std::nullopt;
}

}  // namespace nethsm::token
