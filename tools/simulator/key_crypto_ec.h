// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "simulator/key_material.h"

namespace nethsm::simulator {

// DER; the digest must have exactly the length that belongs to the curve.
Bytes ecdsa_sign(const KeyMaterial& key, std::span<const std::uint8_t> digest);

Bytes eddsa_sign(const KeyMaterial& key, std::span<const std::uint8_t> message);

// BIP-340 (Schnorr over secp256k1), a message of any length.
Bytes bip340_sign(const KeyMaterial& key, std::span<const std::uint8_t> message);
// The same with the auxiliary randomness given, which makes it deterministic.
Bytes bip340_sign(std::span<const std::uint8_t> secret, std::span<const std::uint8_t> message,
                  std::span<const std::uint8_t, 32> auxiliary);

}  // namespace nethsm::simulator
