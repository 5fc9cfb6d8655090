// SPDX-License-Identifier: Apache-2.0
#include "crypto/context.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>

namespace nethsm::crypto {

OSSL_LIB_CTX* library_context() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    // Not left to the fallback rules, which other code in the process can switch off.
    if (made != nullptr && OSSL_PROVIDER_load(made, "default") == nullptr) {
      OSSL_LIB_CTX_free(made);
      made = nullptr;
    }
    return made;
  }();
  return context;
}

}  // namespace nethsm::crypto
