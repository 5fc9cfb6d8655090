// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "simulator/base64.h"

namespace nethsm::simulator {

Bytes random_bytes(std::size_t count);
std::string random_hex_id();  // 20 lower-case hex digits, the ids that the server chooses

// Throws Failure 400 unless it has 10..200 bytes; `field` is the name in the complaint.
void check_passphrase(std::string_view field, std::string_view passphrase);

// A user's passphrase as salted HMAC-SHA-256, as on the device: cheap, because every request checks it.
struct UserPassphrase {
  Bytes salt;
  Bytes digest;

  static UserPassphrase of(std::string_view passphrase);
  bool matches(std::string_view passphrase) const;
};

// An unlock or backup passphrase behind a key derivation. The device spends an expensive scrypt here; PBKDF2
// with few rounds keeps tests quick. Nothing of value may be kept in a simulator anyway.
struct SlowPassphrase {
  Bytes salt;
  Bytes key;

  static SlowPassphrase of(std::string_view passphrase);
  bool matches(std::string_view passphrase) const;
};

// The key derivation itself: 32 bytes.
Bytes derive_key(std::string_view passphrase, const Bytes& salt);

}  // namespace nethsm::simulator
