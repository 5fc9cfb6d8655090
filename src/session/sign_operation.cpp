// SPDX-License-Identifier: Apache-2.0
#include "session/sign_operation.h"

#include <utility>

#include "crypto/ecdsa.h"
#include "session/raw_signature.h"

namespace nethsm::session {
namespace {

using token::Scheme;

}  // namespace

token::Result<Signing> Signing::start(const token::SignaturePlan& plan, Device device) {
  return Signing(plan, TRY(SignatureInput::start(plan)), std::move(device));
}

Signing::Signing(const token::SignaturePlan& plan, SignatureInput input, Device device)
    : plan_(plan), input_(std::move(input)), device_(std::move(device)) {}

token::Result<Progress> Signing::one_shot(const Input& data, const Output& signature) {
  const ByteView message = TRY(Input(data));
  // Before the data is taken in: a call that is made again for a longer buffer must not sign it twice over.
  if (!TRY(signature.takes(plan_.signature_length))) return Progress::kSizeQuery;
  TRY(input_.add(message));
  return finish(signature);
}

token::Result<Progress> Signing::update(const Input& part) {
  const ByteView data = TRY(Input(part));
  TRY(input_.add(data));
  return Progress::kContinues;
}

token::Result<Progress> Signing::finish(const Output& signature) {
  if (!TRY(signature.takes(plan_.signature_length))) return Progress::kSizeQuery;
  const Bytes message = TRY(message_for_device());
  Bytes answer = TRY(device_(message));
  signature.write(TRY(as_pkcs11(std::move(answer))));
  return Progress::kFinished;
}

token::Result<Bytes> Signing::message_for_device() {
  Bytes message = TRY(input_.finish());
  // A shorter digest is the same number with zeros in front (FIPS 186-5 §6.4.1).
  if (plan_.scheme == Scheme::kEcdsa) message.insert(message.begin(), plan_.exact_input - message.size(), 0);
  return message;
}

token::Result<Bytes> Signing::as_pkcs11(Bytes answer) const {
  if (plan_.scheme == Scheme::kEcdsa) {
    auto fixed = crypto::ecdsa_fixed_from_der(answer, plan_.signature_length / 2);
    if (!fixed) return token::fail(CKR_DEVICE_ERROR, "the device's signature: " + fixed.error().message);
    return std::move(*fixed);
  }
  if (answer.size() != plan_.signature_length) {
    return token::fail(CKR_DEVICE_ERROR, "the device answered with a signature of an unexpected length");
  }
  return answer;
}

token::Result<SignOperation> start_signing(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                           const CK_MECHANISM& mechanism, CK_FLAGS use) {
  const token::SignPlan plan = TRY(token::plan_sign(mechanism, *key, use));
  if (plan.scheme == Scheme::kCmac) {
    return SignOperation(
        CmacSigning(plan.signature_length, cbc_encryption(std::move(token), std::move(key))));
  }
  if (plan.mode == api::Mechanism::kRsaDecryptionRaw) {
    return SignOperation(TRY(Signing::start(plan, raw_signer(std::move(token), std::move(key), plan))));
  }
  return SignOperation(
      TRY(Signing::start(plan, [token = std::move(token), key = std::move(key), mode = plan.mode](
                                   ByteView message) { return token->sign(*key, mode, message); })));
}

}  // namespace nethsm::session
