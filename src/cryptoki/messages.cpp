// SPDX-License-Identifier: Apache-2.0
// Message-based functions (PKCS#11 v3.2 §5.9, §5.11, §5.14, §5.16): many messages under one Init. The
// standard defines them for AEAD ciphers; none of the device's mechanisms is one.
#include "cryptoki/not_supported.h"

using namespace nethsm::cryptoki;

extern "C" {

#define REFUSE(name, parameters, arguments) \
  CK_RV name parameters { return NotSupported{#name} arguments; }
CK_PKCS11_MESSAGE_FUNCTIONS(REFUSE)
#undef REFUSE

}  // extern "C"
