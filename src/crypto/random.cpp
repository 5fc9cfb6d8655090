// SPDX-License-Identifier: Apache-2.0
#include "crypto/random.h"

#include <openssl/rand.h>

#include "crypto/context.h"
#include "crypto/openssl_handles.h"

namespace nethsm::crypto {

Result<Bytes> random_bytes(std::size_t size) {
  constexpr unsigned kStrength = 128;
  const ErrorQueueGuard guard;
  Bytes bytes(size);
  if (RAND_bytes_ex(library_context(), bytes.data(), bytes.size(), kStrength) != 1) {
    return openssl_failure("no random bytes");
  }
  return bytes;
}

}  // namespace nethsm::crypto
