// SPDX-License-Identifier: Apache-2.0
#include "config/scalar.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "base/bytes.h"

namespace nethsm::config {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct LevelName {
  std::string_view name;
  log::Level level;
};
constexpr std::array<LevelName, 5> kLevelNames{{{"Trace", log::Level::kTrace},
                                                {"Debug", log::Level::kDebug},
                                                {"Info", log::Level::kInfo},
                                                {"Warn", log::Level::kWarn},
                                                {"Error", log::Level::kError}}};

bool is_port(std::string_view text) {
  const auto number = parse_whole_number(text);
  return number && *number >= 1 && *number <= 65535;
}

bool is_host(std::string_view text) {
  if (text.empty()) return false;
  const auto belongs = [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("[]:@\\%").find(c) == std::string_view::npos;
  };
  return std::all_of(text.begin(), text.end(), belongs);
}

bool is_bracketed_v6(std::string_view text) {
  const auto belongs = [](char c) {
    return std::string_view("0123456789abcdefABCDEF:.").find(c) != std::string_view::npos;
  };
  return text.size() > 4 && text.front() == '[' && text.back() == ']' &&
         std::all_of(text.begin() + 1, text.end() - 1, belongs);
}

bool is_authority(std::string_view text) {
  const std::size_t after_v6 = text.starts_with('[') ? text.find(']') : 0;
  if (after_v6 == std::string_view::npos) return false;
  const std::size_t colon = std::min(text.find(':', after_v6), text.size());
  const std::string_view host = text.substr(0, colon);
  if (colon < text.size() && !is_port(text.substr(colon + 1))) return false;
  return is_host(host) || is_bracketed_v6(host);
}

}  // namespace

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> parse_truth(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ':');
  const auto bytes = from_hex(digits);
  Fingerprint fingerprint{};
  if (!bytes || bytes->size() != fingerprint.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), fingerprint.begin());
  return fingerprint;
}

std::optional<log::Level> parse_level(std::string_view text) {
  for (const auto& [name, level] : kLevelNames) {
    if (equal_ignoring_case(name, text)) return level;
  }
  return std::nullopt;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> fault_of_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, std::min(scheme_end, url.size()));
  const bool known = equal_ignoring_case(scheme, "https") || equal_ignoring_case(scheme, "http");
  if (scheme_end == std::string_view::npos || !known) return "it must begin with https://";
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return "user names and passwords do not belong here";
  if (!is_authority(authority))
    return "after https:// a host is missing or malformed, or its port is not 1 to 65535";
  const auto belongs = [](char c) { return c > ' ' && c < '\x7f' && c != '?' && c != '#'; };
  const std::string_view path = rest.substr(slash);
  if (!std::all_of(path.begin(), path.end(), belongs))
    return "the path may have no blanks, '?', '#' or bytes outside of ASCII";
  return std::nullopt;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace nethsm::config
