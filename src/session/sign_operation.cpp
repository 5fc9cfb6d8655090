// SPDX-License-Identifier: Apache-2.0
#include "session/sign_operation.h"

#include <algorithm>
#include <utility>

#include "crypto/digest_info.h"
#include "crypto/ecdsa.h"

namespace nethsm::session {
namespace {

using PlanInput = token::SignPlan::Input;

// A shorter digest is the same number with zeros in front; of a longer one the leftmost bytes count
// (FIPS 186-5 §6.4.1).
Bytes fit_digest(Bytes digest, std::size_t size) {
  if (digest.size() < size) digest.insert(digest.begin(), size - digest.size(), 0);
  digest.resize(size);
  return digest;
}

}  // namespace

token::Result<SignOperation> SignOperation::start(const token::SignPlan& plan, Device device) {
  std::optional<crypto::Digest> digest;
  if (plan.digest) {
    auto started = crypto::Digest::start(*plan.digest);
    if (!started) return token::fail(CKR_GENERAL_ERROR, std::move(started).error().message);
    digest = std::move(*started);
  }
  return SignOperation(plan, std::move(digest), std::move(device));
}

SignOperation::SignOperation(const token::SignPlan& plan, std::optional<crypto::Digest> digest, Device device)
    : plan_(plan), digest_(std::move(digest)), device_(std::move(device)) {}

token::Result<Progress> SignOperation::one_shot(const Input& data, const Output& signature) {
  const ByteView message = TRY(Input(data));
  // Before the data is taken in: a call that is made again for a longer buffer must not sign it twice over.
  if (!TRY(signature.takes(plan_.signature_length))) return Progress::kSizeQuery;
  TRY(absorb(message));
  return finish(signature);
}

token::Result<Progress> SignOperation::update(const Input& part) {
  const ByteView data = TRY(Input(part));
  TRY(absorb(data));
  return Progress::kContinues;
}

token::Result<Progress> SignOperation::finish(const Output& signature) {
  if (!TRY(signature.takes(plan_.signature_length))) return Progress::kSizeQuery;
  const Bytes message = TRY(message_for_device());
  Bytes answer = TRY(device_(message));
  signature.write(TRY(as_pkcs11(std::move(answer))));
  return Progress::kFinished;
}

token::Status SignOperation::absorb(ByteView part) {
  if (!digest_) return keep(part);
  const auto status = digest_->update(part);
  if (!status) return token::fail(CKR_GENERAL_ERROR, status.error().message);
  return Ok{};
}

token::Status SignOperation::keep(ByteView part) {
  const bool exact = plan_.input == PlanInput::kDigest;
  const std::size_t most = exact ? plan_.exact_input : plan_.max_input;
  if (part.size() > most - kept_.size()) {
    return token::fail(CKR_DATA_LEN_RANGE, "the data is too long for the mechanism and the key");
  }
  // What fit_digest() would cut off need not be kept.
  if (plan_.input == PlanInput::kEcdsa)
    part = part.first(std::min(part.size(), plan_.exact_input - kept_.size()));
  kept_.insert(kept_.end(), part.begin(), part.end());
  return Ok{};
}

token::Result<Bytes> SignOperation::message_for_device() {
  Bytes message = std::move(kept_);
  if (digest_) {
    auto digested = digest_->finish();
    if (!digested) return token::fail(CKR_GENERAL_ERROR, std::move(digested).error().message);
    message = std::move(*digested);
  }
  switch (plan_.input) {
    case PlanInput::kMessage:
      break;
    case PlanInput::kDigestInfo:
      return crypto::digest_info(*plan_.digest, message);
    case PlanInput::kEcdsa:
      return fit_digest(std::move(message), plan_.exact_input);
    case PlanInput::kDigest:
      if (message.size() != plan_.exact_input) {
        return token::fail(CKR_DATA_LEN_RANGE, "the data has not the length of the digest in the parameter");
      }
      break;
  }
  return message;
}

token::Result<Bytes> SignOperation::as_pkcs11(Bytes answer) const {
  if (plan_.input == PlanInput::kEcdsa) {
    auto fixed = crypto::ecdsa_fixed_from_der(answer, plan_.signature_length / 2);
    if (!fixed) return token::fail(CKR_DEVICE_ERROR, "the device's signature: " + fixed.error().message);
    return std::move(*fixed);
  }
  if (answer.size() != plan_.signature_length) {
    return token::fail(CKR_DEVICE_ERROR, "the device answered with a signature of an unexpected length");
  }
  return answer;
}

}  // namespace nethsm::session
