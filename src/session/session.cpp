// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <utility>

namespace nethsm::session {
namespace {

// The object handle in an Init call names a key, so an unknown one is an unknown key.
token::Error as_key_error(token::Error error) {
  if (error.rv == CKR_OBJECT_HANDLE_INVALID) error.rv = CKR_KEY_HANDLE_INVALID;
  return error;
}

}  // namespace

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

template <class Operation>
token::Result<token::ObjectPtr> Session::key_for(const OperationSlot<Operation>& slot,
                                                 const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) const {
  if (mechanism == nullptr) return token::fail(CKR_ARGUMENTS_BAD, "no mechanism");
  if (slot.active()) return token::fail(CKR_OPERATION_ACTIVE);
  TRY(token_->may_use_keys());
  auto object = token_->object(key);
  if (!object) return Unexpected(as_key_error(std::move(object).error()));
  return object;
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

token::Status Session::sign_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  auto object = TRY(key_for(sign_, mechanism, key));
  const token::SignPlan plan = TRY(token::plan_sign(*mechanism, *object));
  auto device = [token = token_, object, mode = plan.mode](ByteView message) {
    return token->sign(*object, mode, message);
  };
  sign_.start(TRY(SignOperation::start(plan, std::move(device))));
  return Ok{};
}

token::Status Session::sign(const Input& data, const Output& signature) {
  const Lock lock(operations_);
  return sign_.run(Use::kOneShot, [&](SignOperation& op) { return op.one_shot(data, signature); });
}

token::Status Session::sign_update(const Input& part) {
  const Lock lock(operations_);
  return sign_.run(Use::kUpdate, [&](SignOperation& op) { return op.update(part); });
}

token::Status Session::sign_final(const Output& signature) {
  const Lock lock(operations_);
  return sign_.run(Use::kFinal, [&](SignOperation& op) { return op.finish(signature); });
}

token::Status Session::decrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  auto object = TRY(key_for(decrypt_, mechanism, key));
  decrypt_.start(TRY(start_decryption(token_, std::move(object), *mechanism)));
  return Ok{};
}

token::Status Session::decrypt(const Input& ciphertext, const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kOneShot, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.one_shot(ciphertext, plaintext); }, op);
  });
}

token::Status Session::decrypt_update(const Input& part, const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kUpdate, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.update(part, plaintext); }, op);
  });
}

token::Status Session::decrypt_final(const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kFinal, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.finish(plaintext); }, op);
  });
}

token::Status Session::encrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  auto object = TRY(key_for(encrypt_, mechanism, key));
  encrypt_.start(TRY(start_encryption(token_, std::move(object), *mechanism)));
  return Ok{};
}

token::Status Session::encrypt(const Input& plaintext, const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kOneShot,
                      [&](EncryptOperation& op) { return op.one_shot(plaintext, ciphertext); });
}

token::Status Session::encrypt_update(const Input& part, const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kUpdate, [&](EncryptOperation& op) { return op.update(part, ciphertext); });
}

token::Status Session::encrypt_final(const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kFinal, [&](EncryptOperation& op) { return op.finish(ciphertext); });
}

}  // namespace nethsm::session
