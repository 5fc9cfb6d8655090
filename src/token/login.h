// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/guarded.h"
#include "nethsm/client.h"
#include "token/error.h"
#include "token/rv.h"
#include "token/token.h"

namespace nethsm::token {

// Who acts for the application on one token: the operator's and the administrator's credentials, from the
// configuration or from C_Login, and the login state that C_GetSessionInfo shows.
//
// The application may bring the name of a user as well (C_LoginUser), of another namespace if it likes. That
// user takes the place of the configured one until logout, and the other configured user keeps out of it if
// it belongs to another namespace, where other keys have the same ids.
//
// A configured password belongs to the slot and is there before, during and after every login: C_Logout takes
// back what C_Login gave, no more. So with a configured operator password the state is kUser from the start,
// the first C_Login still succeeds, and C_Logout returns to that state; a second one is
// CKR_USER_NOT_LOGGED_IN.
//
// Thread-safe; no lock is held while the device is asked. A PIN becomes the credential only after the device
// has accepted it, so a wrong one never replaces a working one.
class Login {
 public:
  Login(const Settings& settings, api::Client& client);

  LoginState state() const;
  Status login(CK_USER_TYPE type, const Secret& pin, const std::string& name);
  Status logout();
  void forget();  // as logout, whatever the state
  // Of the administrator while logged in as security officer, else of the operator.
  Status set_pin(const Secret& old_pin, const Secret& new_pin);
  // Sets the operator's, as the security officer.
  Status init_pin(const Secret& pin);
  // CKF_USER_PIN_COUNT_LOW and CKF_SO_PIN_COUNT_LOW: wrong PINs since the last right one. The device counts
  // none and locks nobody out.
  CK_FLAGS wrong_pin_flags() const;

  // The credential for sign, decrypt, encrypt and random; CKR_USER_NOT_LOGGED_IN with the reason if there is
  // none.
  Result<api::Credential> for_use() const;
  // For generate, import, change and destroy; likewise.
  Result<api::Credential> for_management() const;
  // The operator's, else the administrator's; nullopt: nothing can be read.
  std::optional<api::Credential> for_reading() const;
  std::string reading_namespace() const;  // empty: the root, or nobody
  // Only a configured one, so that what depends on it does not change with C_Login.
  std::optional<api::Credential> configured_administrator() const;

 private:
  struct Known {
    Secret passphrase;
    api::Credential credential;
  };
  struct User {
    std::string name;  // empty: not configured
    std::optional<Known> configured;
    std::optional<Known> from_pin;  // while logged in by a PIN that is not the configured one
    bool wrong_pin = false;         // since the last right one

    const Known* known() const;
    bool knows(const Secret& pin) const;
    // Of who acts, or would act, in this role.
    const std::string& acting_name() const { return from_pin ? from_pin->credential.user : name; }
    void change_passphrase(const Known& to);
  };
  struct State {
    User operator_user, administrator_user;
    std::optional<CK_USER_TYPE> logged_in;  // by C_Login: CKU_USER or CKU_SO

    User& user(CK_USER_TYPE type) { return type == CKU_SO ? administrator_user : operator_user; }
    const User& user(CK_USER_TYPE type) const { return type == CKU_SO ? administrator_user : operator_user; }
    // Null: nobody whose passphrase is known may act in this role.
    const Known* acting(CK_USER_TYPE type) const;
    bool is_kept_out(CK_USER_TYPE type) const;  // by a login in another namespace
    const Known* reading() const;
  };

  static State initial(const Settings& settings);
  static Status may_log_in(const State& state, CK_USER_TYPE type, const std::string& name);
  static Unexpected<Error> no_credential(const State& state, CK_USER_TYPE type, const char* purpose);
  static Known known(const std::string& name, const Secret& passphrase);
  static Status is_settable(const Secret& pin);
  // Asks the device whether this is the passphrase of a user with this role.
  Status prove(const api::Credential& credential, CK_USER_TYPE type);
  Status change_on_device(const api::Credential& as, const std::string& user, const Secret& pin, Doing doing);

  api::Client& client_;
  Guarded<State> state_;
};

}  // namespace nethsm::token
