// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <stdexcept>

#include "simulator/key_material.h"

namespace nethsm::simulator {

// What keys do. All functions are thread-safe, lock nothing, and throw KeyRefused with the server's own text
// where the server answers 400. `mechanism` is one that the key's list allows; it need not fit the key's
// type.

// The genuine server raises an exception that nothing catches: it answers 503 with what() as plain text.
class ServerException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

Bytes sign(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> message);

Bytes decrypt(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> encrypted,
              const std::optional<Bytes>& iv);

struct Encrypted {
  Bytes data;
  Bytes iv;
};
// Without an iv a random one is taken.
Encrypted encrypt(const KeyMaterial& key, const Mechanism& mechanism, std::span<const std::uint8_t> message,
                  const std::optional<Bytes>& iv);

}  // namespace nethsm::simulator
