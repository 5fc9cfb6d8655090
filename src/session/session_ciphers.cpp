// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption in a session.
#include <utility>

#include "session/session.h"

namespace nethsm::session {

token::Status Session::decrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(decrypt_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
  decrypt_.start(TRY(start_decryption(token_, std::move(object), *mechanism)));
  return Ok{};
}

token::Status Session::decrypt(const Input& ciphertext, const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kOneShot, plaintext, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.one_shot(ciphertext, plaintext); }, op);
  });
}

token::Status Session::decrypt_update(const Input& part, const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kUpdate, plaintext, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.update(part, plaintext); }, op);
  });
}

token::Status Session::decrypt_final(const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_.run(Use::kFinal, plaintext, [&](DecryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.finish(plaintext); }, op);
  });
}

token::Status Session::encrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  const Lock lock(operations_);
  if (!TRY(begins(encrypt_, mechanism))) return Ok{};
  auto object = TRY(key_object(key));
  encrypt_.start(TRY(start_encryption(token_, std::move(object), *mechanism)));
  return Ok{};
}

token::Status Session::encrypt(const Input& plaintext, const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kOneShot, ciphertext, [&](EncryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.one_shot(plaintext, ciphertext); }, op);
  });
}

token::Status Session::encrypt_update(const Input& part, const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kUpdate, ciphertext, [&](EncryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.update(part, ciphertext); }, op);
  });
}

token::Status Session::encrypt_final(const Output& ciphertext) {
  const Lock lock(operations_);
  return encrypt_.run(Use::kFinal, ciphertext, [&](EncryptOperation& op) {
    return std::visit([&](auto& kind) { return kind.finish(ciphertext); }, op);
  });
}

}  // namespace nethsm::session
