// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "crypto/error.h"

// The two forms of an ECDSA signature: r||s at the width of the group order (PKCS#11, IEEE P1363), and the
// DER sequence ECDSA-Sig-Value of two integers (X9.62, RFC 3279 §2.2.3), which the NetHSM speaks.
namespace nethsm::crypto {

// `width`: bytes of each half.
Result<Bytes> ecdsa_fixed_from_der(ByteView der, std::size_t width);
Result<Bytes> ecdsa_der_from_fixed(ByteView fixed);

}  // namespace nethsm::crypto
