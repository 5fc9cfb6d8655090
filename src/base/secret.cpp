// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <openssl/crypto.h>

#include <cstring>

namespace nethsm {

void wipe(void* data, std::size_t size) noexcept { OPENSSL_cleanse(data, size); }

void append(SecretBytes& to, ByteView part) {
  if (part.empty()) return;  // there may be no data to point to
  const auto begin = to.size();
  to.resize(begin + part.size());
  std::memcpy(to.data() + begin, part.data(), part.size());
}

bool operator==(const Secret& a, const Secret& b) {
  return a.size() == b.size() &&
         (a.empty() || CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), a.size()) == 0);
}

}  // namespace nethsm
