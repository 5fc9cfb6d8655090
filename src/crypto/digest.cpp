// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/evp.h>

#include <atomic>

#include "crypto/context.h"
#include "crypto/openssl_handles.h"

namespace nethsm::crypto {

const EVP_MD* openssl_digest(DigestAlgorithm algorithm) {
  static constinit std::array<std::atomic<EVP_MD*>, kDigests.size()> fetched{};
  auto& place = fetched[static_cast<std::size_t>(algorithm)];
  if (EVP_MD* known = place.load(std::memory_order_acquire)) return known;
  EVP_MD* mine = EVP_MD_fetch(library_context(), digest_row(algorithm).name, nullptr);
  EVP_MD* other = nullptr;
  if (mine == nullptr || place.compare_exchange_strong(other, mine, std::memory_order_acq_rel)) return mine;
  EVP_MD_free(mine);
  return other;
}

void Digest::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

Result<Digest> Digest::start(DigestAlgorithm algorithm) {
  const ErrorQueueGuard guard;
  const EVP_MD* type = openssl_digest(algorithm);
  Context context(EVP_MD_CTX_new());
  if (type == nullptr || !context || EVP_DigestInit_ex2(context.get(), type, nullptr) != 1) {
    return openssl_failure("cannot start a digest");
  }
  return Digest(algorithm, std::move(context));
}

Status Digest::update(ByteView part) {
  const ErrorQueueGuard guard;
  if (!context_) return fail("the digest is finished");
  if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1) {
    return openssl_failure("cannot digest the data");
  }
  return Ok{};
}

Result<Bytes> Digest::finish() {
  const ErrorQueueGuard guard;
  if (!context_) return fail("the digest is finished");
  const Context context = std::move(context_);
  Bytes value(digest_size(algorithm_));
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context.get(), value.data(), &size) != 1 || size != value.size()) {
    return openssl_failure("cannot finish a digest");
  }
  return value;
}

Result<Bytes> digest(DigestAlgorithm algorithm, ByteView message) {
  auto started = TRY(Digest::start(algorithm));
  TRY(started.update(message));
  return started.finish();
}

}  // namespace nethsm::crypto
