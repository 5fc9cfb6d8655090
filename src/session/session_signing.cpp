// SPDX-License-Identifier: Apache-2.0
// Signatures in a session: made, verified, and read.
#include <utility>

#include "session/session.h"

namespace nethsm::session {

token::Status Session::sign_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(sign_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
  sign_.start(TRY(start_signing(token_, std::move(object), *mechanism)));
  return Ok{};
}

token::Status Session::sign(const Input& data, const Output& signature) {
  const Lock lock(operations_);
  return sign_.run(Use::kOneShot, signature, [&](SignOperation& op) {
    return std::visit([&](auto& kind) { return kind.one_shot(data, signature); }, op);
  });
}

token::Status Session::sign_update(const Input& part) {
  const Lock lock(operations_);
  return sign_.run(Use::kUpdate, [&](SignOperation& op) {
    return std::visit([&](auto& kind) { return kind.update(part); }, op);
  });
}

token::Status Session::sign_final(const Output& signature) {
  const Lock lock(operations_);
  return sign_.run(Use::kFinal, signature, [&](SignOperation& op) {
    return std::visit([&](auto& kind) { return kind.finish(signature); }, op);
  });
}

token::Status Session::sign_recover_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(sign_recover_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
  sign_recover_.start(TRY(start_signing(token_, std::move(object), *mechanism, CKF_SIGN_RECOVER)));
  return Ok{};
}

token::Status Session::sign_recover(const Input& data, const Output& signature) {
  const Lock lock(operations_);
  return sign_recover_.run(Use::kOneShot, signature, [&](SignOperation& op) {
    return std::visit([&](auto& kind) { return kind.one_shot(data, signature); }, op);
  });
}

token::Status Session::verify_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(verify_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
  verify_.start(VerifyOperation(TRY(start_verifying(token_, std::move(object), *mechanism))));
  return Ok{};
}

token::Status Session::verify_signature_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                                             const Input& signature) {
  const Lock lock(operations_);
  if (!TRY(begins(verify_, mechanism))) return Ok{};
  const ByteView given = TRY(Input(signature));
  auto object = TRY(key_object(key));
  auto kind = TRY(start_verifying(token_, std::move(object), *mechanism));
  verify_.start(VerifyOperation(std::move(kind), to_bytes(given)));
  return Ok{};
}

bool Session::is_verifying(bool with_signature) const {
  const VerifyOperation* active = verify_.peek();
  return active != nullptr && active->has_signature() == with_signature;
}

template <class Step>
token::Status Session::run_verify(Use use, bool with_signature, Step&& step) {
  const Lock lock(operations_);
  if (!is_verifying(with_signature)) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
  return verify_.run(use, std::forward<Step>(step));
}

token::Status Session::verify(const Input& data, const Input& signature) {
  return run_verify(Use::kOneShot, false, [&](VerifyOperation& op) { return op.one_shot(data, signature); });
}

token::Status Session::verify_update(const Input& part) {
  return run_verify(Use::kUpdate, false, [&](VerifyOperation& op) { return op.update(part); });
}

token::Status Session::verify_final(const Input& signature) {
  return run_verify(Use::kFinal, false, [&](VerifyOperation& op) { return op.finish(signature); });
}

token::Status Session::verify_signature(const Input& data) {
  return run_verify(Use::kOneShot, true, [&](VerifyOperation& op) { return op.one_shot(data); });
}

token::Status Session::verify_signature_update(const Input& part) {
  return run_verify(Use::kUpdate, true, [&](VerifyOperation& op) { return op.update(part); });
}

token::Status Session::verify_signature_final() {
  return run_verify(Use::kFinal, true, [&](VerifyOperation& op) { return op.finish(); });
}

token::Status Session::verify_recover_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(verify_recover_, mechanism))) return Ok{};
  const auto object = TRY(key_object(key));
  verify_recover_.start(TRY(start_recovering(object, *mechanism)));
  return Ok{};
}

token::Status Session::verify_recover(const Input& signature, const Output& data) {
  const Lock lock(operations_);
  return verify_recover_.run(Use::kOneShot, data,
                             [&](RecoverOperation& op) { return op.one_shot(signature, data); });
}

}  // namespace nethsm::session
