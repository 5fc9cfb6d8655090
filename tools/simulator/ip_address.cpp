// SPDX-License-Identifier: Apache-2.0
#include "simulator/ip_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "simulator/json_record.h"

namespace nethsm::simulator {
namespace {

constexpr std::string_view kTooShort = "not enough data";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string invalid_character(std::string_view text, std::size_t at) {
  return std::string("invalid character '") + text[at] + "' at " + std::to_string(at);
}

// The complaint, or empty.
std::string read_ipv4(std::string_view text, std::uint32_t& address) {
  constexpr std::array<std::string_view, 4> kOrdinals = {"first", "second", "third", "fourth"};
  std::array<std::uint64_t, 4> octets{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) {
      if (at == text.size()) return std::string(kTooShort);
      if (text[at] != '.') return invalid_character(text, at);
      ++at;
    }
    if (at == text.size()) return std::string(kTooShort);
    if (!is_digit(text[at])) return invalid_character(text, at);
    for (; at < text.size() && is_digit(text[at]) && octets[i] < 1000000; ++at)
      octets[i] = octets[i] * 10 + static_cast<std::uint64_t>(text[at] - '0');
  }
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] > 255) return std::string(kOrdinals[i]) + " octet out of bounds";
  }
  if (at != text.size()) return invalid_character(text, at);
  address = 0;
  for (const auto octet : octets) address = address << 8 | static_cast<std::uint32_t>(octet);
  return {};
}

std::optional<std::string> read_ipv6(std::string_view text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  if (::inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ::inet_ntop(AF_INET6, &address, canonical.data(), canonical.size());
}

[[noreturn]] void refuse(const std::string& complaint) { throw SchemaError("Ipaddr: " + complaint); }

}  // namespace

std::uint32_t parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  if (const auto complaint = read_ipv4(text, address); !complaint.empty()) refuse(complaint);
  return address;
}

std::string format_ipv4(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 255);
    if (shift > 0) text += '.';
  }
  return text;
}

std::string canonical_ipv6(std::string_view text) {
  const auto address = read_ipv6(text);
  if (!address) refuse(std::string(kTooShort));
  return *address;
}

std::string canonical_ip(std::string_view text) {
  if (text.empty()) refuse(std::string(kTooShort));
  std::uint32_t address = 0;
  const auto complaint = read_ipv4(text, address);
  if (complaint.empty()) return format_ipv4(address);
  if (const auto ipv6 = read_ipv6(text)) return *ipv6;
  refuse("not an IPv4 address: " + complaint + "\nnot an IPv6 address: " + std::string(kTooShort));
}

std::string canonical_ipv6_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address = canonical_ipv6(text.substr(0, slash));
  if (slash == std::string_view::npos) refuse(std::string(kTooShort));
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > 128) refuse("invalid prefix");
  return address + "/" + std::to_string(bits);
}

bool is_netmask(std::uint32_t mask) {
  const std::uint32_t host = ~mask;
  return (host & (host + 1)) == 0;
}

}  // namespace nethsm::simulator
