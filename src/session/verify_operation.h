// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "crypto/public_key.h"
#include "session/cmac_operation.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "session/signature_input.h"
#include "token/token.h"

namespace nethsm::session {

// What a C_VerifyInit with these arguments begins. Signatures are verified here, with the public key; an
// authentication code is computed by the device and compared. `finish` succeeds only for a genuine signature:
// CKR_SIGNATURE_LEN_RANGE where its length alone gives it away, else CKR_SIGNATURE_INVALID.
class Verifying {
 public:
  static token::Result<Verifying> start(const token::SignaturePlan& plan, crypto::PublicKey key);

  std::size_t signature_length() const { return plan_.signature_length; }
  token::Status add(ByteView part) { return input_.add(part); }
  token::Status finish(ByteView signature);

 private:
  Verifying(const token::SignaturePlan& plan, SignatureInput input, crypto::PublicKey key);

  token::SignaturePlan plan_;
  SignatureInput input_;
  crypto::PublicKey key_;
};

class CmacVerifying {
 public:
  CmacVerifying(std::size_t length, CbcChain::Device encryption);

  std::size_t signature_length() const { return length_; }
  token::Status add(ByteView part) { return cmac_.add(part); }
  token::Status finish(ByteView signature);

 private:
  std::size_t length_;
  Cmac cmac_;
};

// A verification as C_Verify, C_VerifyUpdate and C_VerifyFinal drive it or, if the signature came first, the
// C_VerifySignature functions of version 3.2.
class VerifyOperation {
 public:
  using Kind = std::variant<Verifying, CmacVerifying>;

  explicit VerifyOperation(Kind kind, std::optional<Bytes> signature = std::nullopt);

  // Whether the signature was given when the operation began.
  bool has_signature() const { return signature_.has_value(); }

  token::Result<Progress> one_shot(const Input& data, const Input& signature);
  token::Result<Progress> update(const Input& part);
  token::Result<Progress> finish(const Input& signature);
  // With the signature that was given first.
  token::Result<Progress> one_shot(const Input& data) { return one_shot(data, ByteView(*signature_)); }
  token::Result<Progress> finish() { return finish(ByteView(*signature_)); }

 private:
  Kind kind_;
  std::optional<Bytes> signature_;
};

// No request.
token::Result<VerifyOperation::Kind> start_verifying(std::shared_ptr<token::Token> token,
                                                     token::ObjectPtr key, const CK_MECHANISM& mechanism);

// C_VerifyRecover: what an RSA signature says, read with the public key. One call, and all lengths are known
// after the computation, which is local.
class RecoverOperation {
 public:
  RecoverOperation(const token::SignaturePlan& plan, crypto::RsaPublicKey key);

  token::Result<Progress> one_shot(const Input& signature, const Output& data) const;

 private:
  token::SignaturePlan plan_;
  crypto::RsaPublicKey key_;
};

token::Result<RecoverOperation> start_recovering(const token::ObjectPtr& key, const CK_MECHANISM& mechanism);

}  // namespace nethsm::session
