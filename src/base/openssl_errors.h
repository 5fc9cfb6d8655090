// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/err.h>

namespace nethsm {

// Empties the calling thread's OpenSSL error queue. ERR_clear_error() costs as much for an empty queue as for
// a full one.
inline void clear_openssl_errors() noexcept {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace nethsm
