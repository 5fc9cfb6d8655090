// SPDX-License-Identifier: Apache-2.0
// Two operations in one call (PKCS#11 v3.2 §5.17): an Update of one on what the other takes or gives.
#include <utility>

#include "session/session.h"

namespace nethsm::session {

// The two go on together, or end together: after a failure they would not be of the same data any more. If
// one of them is not there, nothing has happened to the other.
template <class First, class Second, class Step>
token::Status Session::run_both(OperationSlot<First>& first, OperationSlot<Second>& second, Step&& step) {
  if (!first.active() || !second.active()) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
  struct EndUnlessKept {
    OperationSlot<First>& first;
    OperationSlot<Second>& second;
    bool keep = false;
    ~EndUnlessKept() {
      if (keep) return;
      first.end();
      second.end();
    }
  } guard{first, second};
  const token::Status status = std::forward<Step>(step)();
  guard.keep = status || status.error().rv == CKR_BUFFER_TOO_SMALL;
  return status;
}

// `other` takes in the plaintext before it is encrypted, as the ciphertext may go to the same memory, but
// only once it is certain that the caller need not hand it in again.
template <class Other>
token::Status Session::take_in_and_encrypt(OperationSlot<Other>& other, const Input& part,
                                           const Output& ciphertext) {
  const auto encrypt = [&](const Output& to) {
    return encrypt_.run(Use::kUpdate, [&](EncryptOperation& op) {
      return std::visit([&](auto& kind) { return kind.update(part, to); }, op);
    });
  };
  return run_both(other, encrypt_, [&]() -> token::Status {
    TRY(ciphertext.check());
    CK_ULONG needed = 0;
    TRY(encrypt(Output(nullptr, &needed)));
    if (!TRY(ciphertext.takes(needed))) return Ok{};
    TRY(other.run(Use::kUpdate, [&](Other& op) { return updated(op, part); }));
    return encrypt(ciphertext);
  });
}

template <class Other>
token::Status Session::decrypt_and_take_in(OperationSlot<Other>& other, const Input& part,
                                           const Output& plaintext) {
  const auto decrypt = [&](const Output& to) {
    return decrypt_.run(Use::kUpdate, [&](DecryptOperation& op) {
      return std::visit([&](auto& kind) { return kind.update(part, to); }, op);
    });
  };
  return run_both(other, decrypt_, [&]() -> token::Status {
    TRY(plaintext.check());
    CK_ULONG length = 0;
    TRY(decrypt(Output(nullptr, &length)));
    if (!TRY(plaintext.takes(length))) return Ok{};
    SecretBytes decrypted(length + 1);  // never empty: no buffer would be a question for the length
    TRY(decrypt(Output(decrypted.data(), &length)));
    decrypted.resize(length);
    TRY(other.run(Use::kUpdate, [&](Other& op) { return updated(op, ByteView(decrypted)); }));
    plaintext.write(decrypted);
    return Ok{};
  });
}

token::Result<Progress> Session::updated(DigestOperation& op, const Input& part) { return op.update(part); }
token::Result<Progress> Session::updated(VerifyOperation& op, const Input& part) { return op.update(part); }
token::Result<Progress> Session::updated(SignOperation& op, const Input& part) {
  return std::visit([&](auto& kind) { return kind.update(part); }, op);
}

token::Status Session::digest_encrypt_update(const Input& part, const Output& ciphertext) {
  const Lock lock(operations_);
  return take_in_and_encrypt(digest_, part, ciphertext);
}

token::Status Session::sign_encrypt_update(const Input& part, const Output& ciphertext) {
  const Lock lock(operations_);
  return take_in_and_encrypt(sign_, part, ciphertext);
}

token::Status Session::decrypt_digest_update(const Input& part, const Output& plaintext) {
  const Lock lock(operations_);
  return decrypt_and_take_in(digest_, part, plaintext);
}

token::Status Session::decrypt_verify_update(const Input& part, const Output& plaintext) {
  const Lock lock(operations_);
  if (!is_verifying(false)) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
  return decrypt_and_take_in(verify_, part, plaintext);
}

}  // namespace nethsm::session
