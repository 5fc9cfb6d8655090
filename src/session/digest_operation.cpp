// SPDX-License-Identifier: Apache-2.0
#include "session/digest_operation.h"

namespace nethsm::session {
namespace {

// Digests fail only where OpenSSL does.
token::Error failed(crypto::Error error) { return {CKR_GENERAL_ERROR, std::move(error.message)}; }

}  // namespace

token::Result<DigestOperation> DigestOperation::start(crypto::DigestAlgorithm algorithm) {
  auto started = crypto::Digest::start(algorithm);
  if (!started) return Unexpected(failed(std::move(started).error()));
  return DigestOperation(std::move(*started));
}

token::Result<Progress> DigestOperation::one_shot(const Input& data, const Output& digest) {
  TRY(Input(data));
  if (!TRY(digest.takes(crypto::digest_size(digest_.algorithm())))) return Progress::kSizeQuery;
  TRY(update(data));
  return finish(digest);
}

token::Result<Progress> DigestOperation::update(const Input& part) {
  auto done = digest_.update(TRY(Input(part)));
  if (!done) return Unexpected(failed(std::move(done).error()));
  return Progress::kContinues;
}

token::Result<Progress> DigestOperation::finish(const Output& digest) {
  if (!TRY(digest.takes(crypto::digest_size(digest_.algorithm())))) return Progress::kSizeQuery;
  auto value = digest_.finish();
  if (!value) return Unexpected(failed(std::move(value).error()));
  digest.write(*value);
  return Progress::kFinished;
}

}  // namespace nethsm::session
