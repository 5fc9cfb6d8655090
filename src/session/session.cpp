// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <utility>

namespace nethsm::session {

Session::Session(CK_SESSION_HANDLE handle, CK_SLOT_ID slot, CK_FLAGS flags,
                 std::shared_ptr<token::Token> token)
    : handle_(handle), slot_(slot), flags_(flags), token_(std::move(token)) {}

CK_STATE Session::state() const {
  switch (token_->login_state()) {
    case token::LoginState::kSecurityOfficer:
      return CKS_RW_SO_FUNCTIONS;
    case token::LoginState::kUser:
      return is_read_write() ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
    case token::LoginState::kPublic:
      break;
  }
  return is_read_write() ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

token::Status Session::must_be_read_write() const {
  if (is_read_write()) return Ok{};
  return token::fail(CKR_SESSION_READ_ONLY, "the session was opened without CKF_RW_SESSION");
}

token::Status Session::may_create(const token::Template& object) const {
  const bool on_token = TRY(object.boolean(CKA_TOKEN)).value_or(false);
  if (!on_token) return Ok{};
  return must_be_read_write();
}

token::Status Session::may_change(CK_OBJECT_HANDLE object) const {
  const auto found = token_->object(object);
  if (!found || (*found)->owner) return Ok{};  // what is not there is for the change itself to refuse
  return must_be_read_write();
}

token::Status Session::find_init(const token::Template& wanted) {
  const Lock lock(operations_);
  if (find_) return token::fail(CKR_OPERATION_ACTIVE);
  find_.emplace(TRY(token_->find(wanted)));
  return Ok{};
}

token::Result<std::size_t> Session::find(std::span<CK_OBJECT_HANDLE> out) {
  const Lock lock(operations_);
  if (!find_) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
  return find_->next(out);
}

token::Status Session::find_final() {
  const Lock lock(operations_);
  if (!find_) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
  find_.reset();
  return Ok{};
}

token::Result<token::ObjectPtr> Session::key_object(CK_OBJECT_HANDLE handle) const {
  auto object = token_->object(handle);
  const bool is_public = object && (*object)->object_class == CKO_PUBLIC_KEY;
  if (!is_public) TRY(token_->may_use_keys());
  // The object handle in an Init call names a key, so an unknown one is an unknown key.
  if (!object && object.error().rv == CKR_OBJECT_HANDLE_INVALID) return token::fail(CKR_KEY_HANDLE_INVALID);
  return object;
}

void Session::cancel(CK_FLAGS kinds) {
  const Lock lock(operations_);
  if ((kinds & CKF_FIND_OBJECTS) != 0) find_.reset();
  if ((kinds & CKF_DIGEST) != 0) digest_.end();
  if ((kinds & CKF_SIGN) != 0) sign_.end();
  if ((kinds & CKF_SIGN_RECOVER) != 0) sign_recover_.end();
  if ((kinds & CKF_VERIFY) != 0) verify_.end();
  if ((kinds & CKF_VERIFY_RECOVER) != 0) verify_recover_.end();
  if ((kinds & CKF_DECRYPT) != 0) decrypt_.end();
  if ((kinds & CKF_ENCRYPT) != 0) encrypt_.end();
}

}  // namespace nethsm::session
