// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/secret.h"

// What a p11nethsm.conf says, as plain values. Every key is documented in config/p11nethsm.conf.example.
namespace nethsm::config {

using Fingerprint = std::array<std::uint8_t, 32>;  // SHA-256 of a certificate's DER

struct User {
  std::string username;
  std::optional<Secret> password;  // absent: comes by C_Login
};

struct Instance {
  std::string url;  // base URL with the API path, e.g. https://192.168.1.1/api/v1, without a trailing slash
  std::size_t max_idle_connections = 0;  // 0: the default, see composition
  std::vector<Fingerprint> sha256_fingerprints;
  bool danger_insecure_cert = false;
  std::optional<std::string> ca_file;
};

struct Retries {
  std::uint32_t count = 0;
  std::chrono::seconds delay{0};
};

struct TcpKeepalive {
  std::chrono::seconds time{0};
  std::chrono::seconds interval{0};
  std::uint32_t retries = 0;
};

enum class CertificateFormat { kPem, kDer };

// NetHSM key types as the API spells them, for hide_key_types.
using KeyTypeNames = std::vector<std::string>;

struct Slot {
  std::string label;  // at most 32 bytes are shown by C_GetTokenInfo
  std::optional<std::string> description;
  std::optional<User> operator_user;       // key `operator`
  std::optional<User> administrator_user;  // key `administrator`
  std::vector<Instance> instances;         // never empty
  std::optional<Retries> retries;
  std::optional<TcpKeepalive> tcp_keepalive;
  std::optional<std::chrono::seconds> connections_max_idle_duration;
  std::optional<std::chrono::seconds> timeout;          // key `timeout_seconds`
  std::optional<std::chrono::seconds> connect_timeout;  // key `connect_timeout_seconds`
  std::optional<std::chrono::seconds> cache_lifetime;   // key `cache_seconds`
  KeyTypeNames hide_key_types;
  bool enable_bip340 = false;
  CertificateFormat certificate_format = CertificateFormat::kPem;
};

struct Config {
  log::Settings logging;
  bool disable_threads = false;
  bool disable_thread_pool = false;
  std::vector<Slot> slots;  // in the order of the slot ids
};

}  // namespace nethsm::config
