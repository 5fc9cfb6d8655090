// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/key_material.h"

namespace nethsm::simulator {

// The RSA private key operations with the paddings of the API. Padding is done here, not by OpenSSL: the API
// pads messages of any content, knows only PSS and OAEP with one digest throughout, and takes moduli of any
// size.

Bytes rsa_sign_pkcs1(const KeyMaterial& key, std::span<const std::uint8_t> message);
Bytes rsa_sign_pss(const KeyMaterial& key, Digest digest, std::span<const std::uint8_t> hash);

Bytes rsa_decrypt_raw(const KeyMaterial& key, std::span<const std::uint8_t> encrypted);
Bytes rsa_decrypt_pkcs1(const KeyMaterial& key, std::span<const std::uint8_t> encrypted);
Bytes rsa_decrypt_oaep(const KeyMaterial& key, Digest digest, std::span<const std::uint8_t> encrypted);

const EVP_MD* evp_digest(Digest digest);  // null for kNone

}  // namespace nethsm::simulator
