// SPDX-License-Identifier: Apache-2.0
#include "simulator/multipart.h"

#include <algorithm>
#include <cctype>

namespace nethsm::simulator {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The value of `key=value` or `key="value"` in a list of parameters separated by semicolons.
std::optional<std::string> parameter(std::string_view header, std::string_view key) {
  const std::string haystack = lower_case(header);
  std::size_t at = haystack.find(';');
  while (at != std::string::npos) {
    const std::size_t begin = haystack.find_first_not_of("; \t", at);
    if (begin == std::string::npos) break;
    at = haystack.find(';', begin);
    const std::string_view item = header.substr(begin, at == std::string::npos ? at : at - begin);
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || lower_case(item.substr(0, equals)) != key) continue;
    std::string_view value = item.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.find('"', 1) - 1);
    return std::string(value);
  }
  return std::nullopt;
}

std::string part_name(std::string_view headers) {
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find("\r\n"));
    headers.remove_prefix(std::min(headers.size(), line.size() + 2));
    if (lower_case(line).starts_with("content-disposition:")) return parameter(line, "name").value_or("");
  }
  return "";
}

MultipartPart parse_part(std::string_view text) {
  if (text.starts_with("\r\n")) return {"", std::string(text.substr(2))};
  const std::size_t blank = text.find("\r\n\r\n");
  if (blank == std::string_view::npos) return {part_name(text), ""};
  return {part_name(text.substr(0, blank)), std::string(text.substr(blank + 4))};
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  if (!lower_case(content_type).starts_with("multipart/")) return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  if (boundary && boundary->empty()) return std::nullopt;
  return boundary;
}

std::optional<std::vector<MultipartPart>> parse_multipart(std::string_view boundary, std::string_view body) {
  const std::string first = "--" + std::string(boundary);
  const std::string next = "\r\n" + first;
  std::size_t at = 0;
  if (!body.starts_with(first)) {
    at = body.find(next);
    if (at == std::string_view::npos) return std::nullopt;
    at += 2;
  }
  at += first.size();
  std::vector<MultipartPart> parts;
  while (!body.substr(at).starts_with("--")) {
    const std::size_t begin = body.find("\r\n", at);  // after optional blanks behind the boundary
    const std::size_t end = begin == std::string_view::npos ? begin : body.find(next, begin);
    if (end == std::string_view::npos) return std::nullopt;
    parts.push_back(parse_part(body.substr(begin + 2, end < begin + 2 ? 0 : end - begin - 2)));
    at = end + next.size();
  }
  return parts;
}

}  // namespace nethsm::simulator
