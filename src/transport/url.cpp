// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "transport/endpoint.h"

namespace nethsm::transport {
namespace {

using Text = std::string_view;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

// Everything that may stand in the request line as it is; in particular no blank and no control character.
bool is_path_character(char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; }

bool take_scheme(Text& rest, Text scheme) {
  if (rest.size() < scheme.size()) return false;
  const bool same = std::equal(scheme.begin(), scheme.end(), rest.begin(),
                               [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  if (same) rest.remove_prefix(scheme.size());
  return same;
}

Status<std::string> set_host(Endpoint& endpoint, Text host, bool in_brackets) {
  if (host.empty()) return Unexpected(std::string("the host is missing"));
  endpoint.host = host;
  in6_addr ignored{};
  if (in_brackets) {
    if (inet_pton(AF_INET6, endpoint.host.c_str(), &ignored) == 1) return Ok{};
    return Unexpected("'" + endpoint.host + "' is not an IPv6 address");
  }
  if (host.find(':') != Text::npos) {
    return Unexpected(std::string("an IPv6 address must stand in brackets, e.g. https://[::1]/api/v1"));
  }
  if (host.size() <= 253 && std::all_of(host.begin(), host.end(), is_host_character)) return Ok{};
  return Unexpected("'" + endpoint.host + "' is not a host name");
}

Status<std::string> set_port(Endpoint& endpoint, Text port) {
  const auto* end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data(), end, endpoint.port);
  if (parsed.ec == std::errc{} && parsed.ptr == end && endpoint.port != 0) return Ok{};
  return Unexpected("'" + std::string(port) + "' is not a port, which is a number from 1 to 65535");
}

Status<std::string> set_authority(Endpoint& endpoint, Text authority) {
  if (authority.find('@') != Text::npos) {
    return Unexpected(std::string("user names and passwords do not belong into the URL"));
  }
  const bool in_brackets = authority.starts_with('[');
  const auto closing = authority.find(']');
  if (in_brackets && closing == Text::npos) return Unexpected(std::string("the bracket ']' is missing"));
  // An unbracketed IPv6 address has several colons: all of it is the host then, and refused as such.
  const auto colon = in_brackets ? closing + 1 : authority.find(':');
  const bool several_colons = !in_brackets && authority.find(':') != authority.rfind(':');
  const auto host_end = several_colons ? authority.size() : std::min(colon, authority.size());
  const auto host = in_brackets ? authority.substr(1, closing - 1) : authority.substr(0, host_end);
  TRY(set_host(endpoint, host, in_brackets));
  auto rest = authority.substr(host_end);
  if (rest.empty()) return Ok{};
  if (rest.front() != ':') return Unexpected(std::string("after ']' only a port may follow"));
  return set_port(endpoint, rest.substr(1));
}

}  // namespace

Result<Endpoint, std::string> parse_url(std::string_view url) {
  Endpoint endpoint;
  endpoint.url = url;
  auto rest = url;
  if (take_scheme(rest, "http://")) {
    endpoint.tls = false;
    endpoint.port = 80;
  } else if (!take_scheme(rest, "https://")) {
    return Unexpected(std::string("a URL starts with https://, e.g. https://192.168.1.1/api/v1"));
  }
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  TRY(set_authority(endpoint, rest.substr(0, slash)));
  auto path = rest.substr(slash);
  if (!std::all_of(path.begin(), path.end(), is_path_character)) {
    return Unexpected(
        std::string("the path of the URL may have no blanks, '?', '#' or bytes outside of ASCII"));
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  endpoint.base_path = path;
  return endpoint;
}

}  // namespace nethsm::transport
