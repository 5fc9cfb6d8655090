// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace nethsm::transport {

using Fingerprint = std::array<std::uint8_t, 32>;  // SHA-256 of the DER of the leaf certificate

// How the peer proves who it is. Exactly one of the four; the configuration refuses mixtures.
struct Trust {
  std::vector<Fingerprint>
      pins;  // non-empty: the leaf's fingerprint is one of them; name, dates, chain are not looked at
  std::optional<std::string> ca_file;  // PEM bundle; chain and host name are checked
  bool insecure = false;               // anything goes; the user has asked for it by danger_insecure_cert
                                       // none of these: the system's roots; chain and host name are checked
};

struct TcpKeepalive {
  seconds time{0}, interval{0};
  unsigned probes = 0;
};

// One NetHSM's address. Plain value.
struct Endpoint {
  std::string url;   // as configured, for log lines
  bool tls = true;   // http:// is allowed without TLS, as in the vendor's module
  std::string host;  // without brackets
  std::uint16_t port = 443;
  std::string base_path;  // "/api/v1", no trailing slash
  Trust trust;
  std::optional<TcpKeepalive> keepalive;
};

// Fills url, tls, host, port and base_path; the error says what is wrong with the URL.
Result<Endpoint, std::string> parse_url(std::string_view url);

}  // namespace nethsm::transport
