// SPDX-License-Identifier: Apache-2.0
// Message digests in a session.
#include <utility>

#include "session/session.h"

namespace nethsm::session {

token::Status Session::digest_init(const CK_MECHANISM* mechanism) {
  const Lock lock(operations_);
  if (!TRY(begins(digest_, mechanism))) return Ok{};
  const auto algorithm = TRY(token::digest_of(*mechanism));
  digest_.start(TRY(DigestOperation::start(algorithm)));
  return Ok{};
}

token::Status Session::digest(const Input& data, const Output& digest) {
  const Lock lock(operations_);
  return digest_.run(Use::kOneShot, digest, [&](DigestOperation& op) { return op.one_shot(data, digest); });
}

token::Status Session::digest_update(const Input& part) {
  const Lock lock(operations_);
  return digest_.run(Use::kUpdate, [&](DigestOperation& op) { return op.update(part); });
}

// The value of a key never leaves the device.
token::Status Session::digest_key(CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  return digest_.run(Use::kUpdate, [&](DigestOperation&) -> token::Result<Progress> {
    TRY(key_object(key));
    return token::fail(CKR_KEY_INDIGESTIBLE, "a key on a NetHSM cannot be digested: its value stays there");
  });
}

token::Status Session::digest_final(const Output& digest) {
  const Lock lock(operations_);
  return digest_.run(Use::kFinal, digest, [&](DigestOperation& op) { return op.finish(digest); });
}

}  // namespace nethsm::session
