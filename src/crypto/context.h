// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace nethsm::crypto {

// The module's own OpenSSL: apart from the host's, whose configuration may load this very module as a
// provider or engine. Made at first use, with the default provider and without any configuration file, and
// never freed, as applications call into the module while the process ends. Null only without memory.
// Thread-safe.
//
// Whatever takes an OSSL_LIB_CTX must be given this one. OpenSSL may still read the host's openssl.cnf in the
// middle of an operation, when it looks for engines; that fills the host's context, not this one.
OSSL_LIB_CTX* library_context();

}  // namespace nethsm::crypto
