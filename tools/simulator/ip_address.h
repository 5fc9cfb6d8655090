// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nethsm::simulator {

// Addresses in request bodies. They throw SchemaError with the texts of the server's library.

std::uint32_t parse_ipv4(std::string_view text);
std::string format_ipv4(std::uint32_t address);
std::string canonical_ipv6(std::string_view text);
std::string canonical_ip(std::string_view text);           // IPv4 or IPv6
std::string canonical_ipv6_prefix(std::string_view text);  // "2001:db8::5/64"

bool is_netmask(std::uint32_t mask);

}  // namespace nethsm::simulator
