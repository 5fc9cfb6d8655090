// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "session/decrypt_operation.h"
#include "session/digest_operation.h"
#include "session/encrypt_operation.h"
#include "session/find_operation.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "session/sign_operation.h"
#include "session/verify_operation.h"
#include "token/mechanisms.h"
#include "token/token.h"

namespace nethsm::session {

// A PKCS#11 session: an application's line to one token, with at most one operation of each kind, side by
// side.
//
// Thread-safe. The operation lock is held for the whole of a call, requests included, so that calls on one
// session follow each other; calls on different sessions never wait for each other here. Kept alive by the
// calls that use it: closing it does not wait for them.
class Session {
 public:
  Session(CK_SESSION_HANDLE handle, CK_SLOT_ID slot, CK_FLAGS flags, std::shared_ptr<token::Token> token);

  CK_SESSION_HANDLE handle() const { return handle_; }
  CK_SLOT_ID slot() const { return slot_; }
  CK_FLAGS flags() const { return flags_; }
  bool is_read_write() const { return (flags_ & CKF_RW_SESSION) != 0; }
  CK_STATE state() const;
  token::Token& token() const { return *token_; }

  // CKR_SESSION_READ_ONLY in a read-only session.
  token::Status must_be_read_write() const;
  // Token objects are made and changed in read/write sessions only; with what a session owns it may do as it
  // likes.
  token::Status may_create(const token::Template& object) const;
  token::Status may_change(CK_OBJECT_HANDLE object) const;

  // Ends the active operations of these kinds: CKF_SIGN, CKF_FIND_OBJECTS ... (C_SessionCancel). Flags of
  // what is not active, or not an operation of a session, do nothing.
  void cancel(CK_FLAGS kinds);

  token::Status find_init(const token::Template& wanted);
  token::Result<std::size_t> find(std::span<CK_OBJECT_HANDLE> out);
  token::Status find_final();

  // An Init call without a mechanism ends the operation that is active; without one it is CKR_ARGUMENTS_BAD.
  token::Status digest_init(const CK_MECHANISM* mechanism);
  token::Status digest(const Input& data, const Output& digest);
  token::Status digest_update(const Input& part);
  token::Status digest_key(CK_OBJECT_HANDLE key);
  token::Status digest_final(const Output& digest);

  token::Status sign_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status sign(const Input& data, const Output& signature);
  token::Status sign_update(const Input& part);
  token::Status sign_final(const Output& signature);

  token::Status sign_recover_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status sign_recover(const Input& data, const Output& signature);

  token::Status verify_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status verify(const Input& data, const Input& signature);
  token::Status verify_update(const Input& part);
  token::Status verify_final(const Input& signature);

  // Version 3.2: the signature comes first. The same operation otherwise, so not beside verify_init().
  token::Status verify_signature_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                                      const Input& signature);
  token::Status verify_signature(const Input& data);
  token::Status verify_signature_update(const Input& part);
  token::Status verify_signature_final();

  token::Status verify_recover_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status verify_recover(const Input& signature, const Output& data);

  token::Status decrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status decrypt(const Input& ciphertext, const Output& plaintext);
  token::Status decrypt_update(const Input& part, const Output& plaintext);
  token::Status decrypt_final(const Output& plaintext);

  token::Status encrypt_init(const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key);
  token::Status encrypt(const Input& plaintext, const Output& ciphertext);
  token::Status encrypt_update(const Input& part, const Output& ciphertext);
  token::Status encrypt_final(const Output& ciphertext);

  // Two operations in one call: an Update of both. They go on or end together.
  token::Status digest_encrypt_update(const Input& part, const Output& ciphertext);
  token::Status sign_encrypt_update(const Input& part, const Output& ciphertext);
  token::Status decrypt_digest_update(const Input& part, const Output& plaintext);
  token::Status decrypt_verify_update(const Input& part, const Output& plaintext);

 private:
  using Lock = std::lock_guard<std::mutex>;

  // What all Init calls check first. False: the call has ended the active operation and is done.
  template <class Operation>
  token::Result<bool> begins(OperationSlot<Operation>& slot, const CK_MECHANISM* mechanism) const {
    if (slot.active() && mechanism != nullptr) return token::fail(CKR_OPERATION_ACTIVE);
    if (!slot.active() && mechanism == nullptr) return token::fail(CKR_ARGUMENTS_BAD, "no mechanism");
    slot.end();
    if (mechanism != nullptr) {
      TRY(token::mechanism_info(mechanism->mechanism, token_->withheld_mechanisms()));
    }
    return mechanism != nullptr;
  }
  // The key of an Init call; what is not public needs a login.
  token::Result<token::ObjectPtr> key_object(CK_OBJECT_HANDLE handle) const;

  // True if there is a verification of this kind; the functions of the one kind do not see the other's.
  bool is_verifying(bool with_signature) const;
  template <class First, class Second, class Step>
  static token::Status run_both(OperationSlot<First>& first, OperationSlot<Second>& second, Step&& step);
  template <class Other>
  token::Status take_in_and_encrypt(OperationSlot<Other>& other, const Input& part, const Output& ciphertext);
  template <class Other>
  token::Status decrypt_and_take_in(OperationSlot<Other>& other, const Input& part, const Output& plaintext);
  static token::Result<Progress> updated(DigestOperation& op, const Input& part);
  static token::Result<Progress> updated(SignOperation& op, const Input& part);
  static token::Result<Progress> updated(VerifyOperation& op, const Input& part);

  template <class Step>
  token::Status run_verify(Use use, bool with_signature, Step&& step);

  const CK_SESSION_HANDLE handle_;
  const CK_SLOT_ID slot_;
  const CK_FLAGS flags_;
  const std::shared_ptr<token::Token> token_;

  std::mutex operations_;  // guards the members below
  std::optional<FindOperation> find_;
  OperationSlot<DigestOperation> digest_;
  OperationSlot<SignOperation> sign_, sign_recover_;
  OperationSlot<VerifyOperation> verify_;
  OperationSlot<RecoverOperation> verify_recover_;
  OperationSlot<DecryptOperation> decrypt_;
  OperationSlot<EncryptOperation> encrypt_;
};

}  // namespace nethsm::session
