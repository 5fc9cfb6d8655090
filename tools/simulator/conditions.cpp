// SPDX-License-Identifier: Apache-2.0
#include "simulator/conditions.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace nethsm::simulator {
namespace {

constexpr std::array<std::string_view, 4> kConditions = {"If-Match", "If-None-Match", "If-Modified-Since",
                                                         "If-Unmodified-Since"};

bool names_tag(std::string_view header, const std::optional<std::string>& tag) {
  if (header == "*") return true;
  const auto items = split(header, ',');
  return tag && std::any_of(items.begin(), items.end(), [&](auto item) { return trim(item) == *tag; });
}

bool is_refused(std::string_view quality) {
  const auto value = trim(quality.substr(quality.find('=') + 1));
  return quality.find("q=") != std::string_view::npos &&
         value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_type(const Request& request, std::string_view type) {
  const auto header = request.header("Accept");
  if (!header) return true;
  const auto items = split(*header, ',');
  return std::any_of(items.begin(), items.end(), [&](std::string_view item) {
    const auto range = media_range(item);
    return range && media_range_includes(*range, type);
  });
}

bool accepts_identity_encoding(const Request& request) {
  const auto header = request.header("Accept-Encoding");
  if (!header) return true;
  bool all_others = true;
  for (const auto item : split(*header, ',')) {
    const std::size_t semicolon = item.find(';');
    const auto name = trim(item.substr(0, semicolon));
    const bool refused = semicolon != std::string_view::npos && is_refused(item.substr(semicolon + 1));
    if (equal_ignoring_case(name, "identity")) return !refused;
    if (name == "*") all_others = !refused;
  }
  return all_others;
}

std::string make_entity_tag(std::string_view body) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kTagBytes = 16;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  const std::basic_string<unsigned char> data(body.begin(), body.end());
  SHA256(data.data(), data.size(), digest.data());
  std::string tag = "\"";
  for (std::size_t i = 0; i < kTagBytes; ++i) tag += {kHex[digest[i] >> 4], kHex[digest[i] & 15]};
  return tag + "\"";
}

bool is_conditional(const Request& request) {
  return std::any_of(kConditions.begin(), kConditions.end(),
                     [&](auto name) { return request.header(name).has_value(); });
}

int check_conditions(const Request& request, bool exists, const std::optional<std::string>& tag) {
  const auto match = request.header("If-Match");
  if (!exists) return match && *match == "*" ? 412 : 0;
  if (match && !names_tag(*match, tag)) return 412;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (const auto none_match = request.header("If-None-Match")) {
    if (!names_tag(*none_match, tag)) return 0;
    return reads ? 304 : 412;
  }
  // Nothing has a modification time, which the server takes for "not modified".
  return reads && request.header("If-Modified-Since") ? 304 : 0;
}

}  // namespace nethsm::simulator
