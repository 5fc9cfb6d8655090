// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "nethsm/client.h"
#include "token/error.h"
#include "token/object.h"
#include "token/template.h"

namespace nethsm::token {

enum class LoginState : std::uint8_t { kPublic, kUser, kSecurityOfficer };
enum class CertificateFormat : std::uint8_t { kPem, kDer };

// What the configuration says about a slot, as far as the token is concerned.
struct Settings {
  struct User {
    std::string name;
    std::optional<Secret> password;
  };
  std::string label;
  std::optional<User> operator_user;
  std::optional<User> administrator_user;
  CertificateFormat certificate_format = CertificateFormat::kPem;
  Clock::duration cache_lifetime = seconds(60);  // of key details
  std::vector<api::KeyType> hide_key_types;
  // As if no key had them and there were no CKM_ for them.
  api::Mechanisms withheld_mechanisms = {api::Mechanism::kBip340Signature};
};

// The NetHSM cluster of one slot as a PKCS#11 token: who is logged in, which objects there are, and what can
// be done with them. Thread-safe; no lock is held during requests.
//
// Login is per token, as the standard has it. A configured operator password means that the token needs no
// login: the state is kUser from the start. Management (generate, import, change, destroy) goes with the
// administrator's credential, key use with the operator's, reading with whichever is known (operator first).
class Token {
 public:
  // `next_handle` is the process-wide source of object handles; never re-used.
  Token(Settings settings, std::shared_ptr<api::Client> client, std::atomic<CK_OBJECT_HANDLE>& next_handle);
  ~Token();

  // Slot and token as C_GetSlotInfo and C_GetTokenInfo show them. Presence (one instance is operational) and
  // device names are asked of the device and remembered for a few seconds.
  bool present();
  // How often the token has come or gone so far, as seen by asking.
  std::uint64_t presence_changes();
  CK_SLOT_INFO slot_info();
  Result<CK_TOKEN_INFO> token_info();  // session counts are filled by the caller

  LoginState login_state() const;
  // `name`: of a NetHSM user that takes the place of the configured one while logged in; empty: that one.
  Status login(CK_USER_TYPE user, const Secret& pin, const std::string& name = {});
  Status logout();
  void forget_login();  // the last session has been closed
  Status set_pin(const Secret& old_pin, const Secret& new_pin);
  Status init_pin(const Secret& pin);  // the operator's, by the security officer

  // Session objects end with their session (C_CloseSession) or all of them (C_CloseAllSessions, C_Finalize);
  // private ones also by logout(). They are gone at once, without a request; temporary keys are then to be
  // deleted from the device, with the credential that was known until now.
  struct EndedKeys {
    std::vector<std::string> ids;
    std::optional<api::Credential> as;
  };
  EndedKeys end_session_objects(CK_SESSION_HANDLE session);
  EndedKeys end_all_session_objects();
  void delete_ended(const EndedKeys& keys);  // what cannot be deleted is named in the log

  // One page of handles for the whole result, in a stable order: per key private, public, certificate; then
  // what is in memory only, and what describes the token.
  Result<std::vector<CK_OBJECT_HANDLE>> find(const Template& wanted);
  Result<ObjectPtr> object(CK_OBJECT_HANDLE handle);  // CKR_OBJECT_HANDLE_INVALID

  // `session`: what the new object ends with if its template does not say CKA_TOKEN=TRUE. Such keys are on
  // the device under temporary ids, and a copy to the token makes them permanent.
  Result<CK_OBJECT_HANDLE> generate_key(const CK_MECHANISM& mechanism, const Template& secret,
                                        CK_SESSION_HANDLE session);
  struct KeyPair {
    CK_OBJECT_HANDLE public_key, private_key;
  };
  Result<KeyPair> generate_key_pair(const CK_MECHANISM& mechanism, const Template& public_key,
                                    const Template& private_key, CK_SESSION_HANDLE session);
  Result<CK_OBJECT_HANDLE> create_object(const Template& object, CK_SESSION_HANDLE session);
  Result<CK_OBJECT_HANDLE> copy_object(CK_OBJECT_HANDLE handle, const Template& changes,
                                       CK_SESSION_HANDLE session);
  Status destroy_object(CK_OBJECT_HANDLE handle);
  Status set_attributes(CK_OBJECT_HANDLE handle, const Template& changes);

  // Key use with the operator's credential. Failures come as CK_RV through the one table of rv.cpp.
  Result<Bytes> sign(const Object& key, api::Mechanism mode, ByteView message);
  Result<SecretBytes> decrypt(const Object& key, api::Mechanism mode, ByteView data,
                              std::optional<ByteView> iv = std::nullopt);
  Result<Bytes> encrypt(const Object& key, api::Mechanism mode, ByteView data, ByteView iv);
  Status random(std::span<std::uint8_t> out);  // any length, several requests if need be
  // CKR_USER_NOT_LOGGED_IN with the reason when no operator credential is known: asked by the Init functions,
  // without a request.
  Status may_use_keys() const;

  const std::string& label() const;
  api::Mechanisms withheld_mechanisms() const;
  api::Client& client();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::token
