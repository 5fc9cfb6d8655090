// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/base64.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {

// The ECDSA signature in DER whose nonce follows from key and hash (RFC 6979). The genuine server signs its
// certificate requests so with the NIST curves; the sign call of the API takes random nonces.
Bytes deterministic_ecdsa_sign(EVP_PKEY* pkey, const EVP_MD* digest, std::span<const std::uint8_t> hash);

}  // namespace nethsm::simulator
