// SPDX-License-Identifier: Apache-2.0
// Signatures in a session.
#include <utility>

#include "session/session.h"

namespace nethsm::session {

token::Status Session::sign_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(sign_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
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

}  // namespace nethsm::session
