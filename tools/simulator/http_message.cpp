// SPDX-License-Identifier: Apache-2.0
#include "simulator/http_message.h"

#include <algorithm>

namespace nethsm::simulator {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

// The byte that "%xx" at the position stands for, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Characters that a path segment may hold as they are (RFC 3986 pchar).
bool may_stand_in_path(int byte) {
  const char c = static_cast<char>(byte);
  return byte >= 0 && byte < 0x80 &&
         ((lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
          std::string_view("-._~!$&'()*+,;=:@").find(c) != std::string_view::npos);
}

template <typename Accept>
std::string unescape(std::string_view text, Accept accept) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = escaped_byte(text, i);
    if (byte >= 0 && accept(byte)) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<std::string> resolve_dots(const std::vector<std::string_view>& segments) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    std::string segment = unescape(segments[i], may_stand_in_path);
    const bool last = i + 1 == segments.size();
    if (segment == ".." && !result.empty()) result.pop_back();
    if (segment != "." && segment != "..") {
      result.push_back(std::move(segment));
    } else if (last) {
      result.emplace_back();  // "a/." is "a/"
    }
  }
  return result;
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::string_view Request::raw_path() const { return std::string_view(target).substr(0, target.find('?')); }

std::optional<std::string> Request::query(std::string_view name) const {
  const std::size_t start = target.find('?');
  if (start == std::string::npos) return std::nullopt;
  for (const auto item : split(std::string_view(target).substr(start + 1), '&')) {
    const std::size_t equals = item.find('=');
    if (item.substr(0, equals) != name) continue;
    if (equals == std::string_view::npos) return "";
    std::string value(item.substr(equals + 1));
    std::replace(value.begin(), value.end(), '+', ' ');
    return unescape(value, [](int) { return true; });
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> path_segments(std::string_view raw_path) {
  std::vector<std::string> segments = resolve_dots(split(raw_path, '/'));
  const std::vector<std::string> base = {"", "api", "v1"};
  if (segments.size() <= base.size() || !std::equal(base.begin(), base.end(), segments.begin()))
    return std::nullopt;
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(base.size()));
  // One slash too many at the end is tolerated.
  if (segments.size() > 1 && segments.back().empty()) segments.pop_back();
  return segments;
}

std::optional<std::string> media_range(std::string_view header) {
  constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";
  std::string range(trim(header.substr(0, header.find(';'))));
  std::transform(range.begin(), range.end(), range.begin(), lower);
  const auto parts = split(range, '/');
  const auto is_token = [&](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             kTokenPunctuation.find(c) != std::string_view::npos;
    });
  };
  if (parts.size() != 2 || !is_token(parts[0]) || !is_token(parts[1])) return std::nullopt;
  return range;
}

bool media_range_includes(std::string_view range, std::string_view type) {
  if (range == "*/*" || range == type) return true;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace nethsm::simulator
