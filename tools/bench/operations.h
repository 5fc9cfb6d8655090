// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bench/module.h"

namespace nethsm::bench {

// The keys and inputs that all contestants work with. Made once, on the token of the first module.
struct Material {
  std::string prefix;    // of the ids of the keys
  unsigned fillers = 0;  // keys that are there for their number
  std::array<std::uint8_t, 32> digest{};
  Bytes digest_info;  // of `digest` with SHA-256
  Bytes ciphertext;   // RSA PKCS #1, for the RSA-2048 key
  std::array<std::uint8_t, 16> iv{};
  Bytes kibibyte = Bytes(1024, 0x5a);

  std::string id(std::string_view kind) const { return prefix + std::string(kind); }
};

// What an HTTP client has to send for the same result.
struct Exchange {
  std::string method, path, body;
};

// The work of one thread: each call is measured. Throws on failure.
using Work = std::function<void()>;

struct Operation {
  std::string_view name, help;
  std::string_view key;  // kind of the key that it needs; empty: none
  Work (*work)(const Session& session, const Material& material);
  // Null: it costs no exchange, or not always the same ones.
  std::optional<Exchange> (*exchange)(const Material& material);
  bool alone = false;  // changes what other threads would see: one thread only
};

std::span<const Operation> operations();
const Operation* find_operation(std::string_view name);  // null: there is none

// Generates the keys that the operations need unless they are there, and further ones until there are `keys`.
// Without a prefix the keys are this process's.
Material make_material(const Session& session, std::span<const Operation* const> wanted,
                       const std::string& prefix, unsigned keys);
void destroy_material(const Session& session, const Material& material, bool keep_keys);

}  // namespace nethsm::bench
