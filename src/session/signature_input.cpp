// SPDX-License-Identifier: Apache-2.0
#include "session/signature_input.h"

#include <algorithm>
#include <utility>

#include "crypto/digest_info.h"

namespace nethsm::session {
namespace {

using token::Scheme;

}  // namespace

token::Result<SignatureInput> SignatureInput::start(const token::SignaturePlan& plan) {
  std::optional<crypto::Digest> digest;
  if (plan.digest) {
    auto started = crypto::Digest::start(*plan.digest);
    if (!started) return token::fail(CKR_GENERAL_ERROR, std::move(started).error().message);
    digest = std::move(*started);
  }
  return SignatureInput(plan, std::move(digest));
}

SignatureInput::SignatureInput(const token::SignaturePlan& plan, std::optional<crypto::Digest> digest)
    : plan_(plan), digest_(std::move(digest)) {}

token::Status SignatureInput::add(ByteView part) {
  if (!digest_) return keep(part);
  const auto status = digest_->update(part);
  if (!status) return token::fail(CKR_GENERAL_ERROR, status.error().message);
  return Ok{};
}

token::Status SignatureInput::keep(ByteView part) {
  if (part.size() > plan_.max_input - kept_.size()) {
    return token::fail(CKR_DATA_LEN_RANGE, "the data is too long for the mechanism and the key");
  }
  // Of a digest for ECDSA the leftmost bytes count.
  if (plan_.scheme == Scheme::kEcdsa)
    part = part.first(std::min(part.size(), plan_.exact_input - kept_.size()));
  kept_.insert(kept_.end(), part.begin(), part.end());
  return Ok{};
}

token::Result<Bytes> SignatureInput::finish() {
  Bytes data = std::move(kept_);
  if (digest_) {
    auto digested = digest_->finish();
    if (!digested) return token::fail(CKR_GENERAL_ERROR, std::move(digested).error().message);
    data = std::move(*digested);
  }
  if (plan_.scheme == Scheme::kPkcs1 && plan_.digest) return crypto::digest_info(*plan_.digest, data);
  if (plan_.scheme == Scheme::kPss && data.size() != plan_.exact_input) {
    return token::fail(CKR_DATA_LEN_RANGE, "the data has not the length of the digest in the parameter");
  }
  if (plan_.scheme == Scheme::kEcdsa) data.resize(std::min(data.size(), plan_.exact_input));
  return data;
}

}  // namespace nethsm::session
