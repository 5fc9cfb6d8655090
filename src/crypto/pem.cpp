// SPDX-License-Identifier: Apache-2.0
#include "crypto/pem.h"

namespace nethsm::crypto {
namespace {

constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLineLength = 64;

std::string boundary(std::string_view word, std::string_view label) {
  std::string line(kDashes);
  line += word;
  line += label;
  line += kDashes;
  return line;
}

}  // namespace

std::optional<Bytes> decode_pem(std::string_view label, ByteView input) {
  const std::string_view text = as_text(input);
  const std::string begin = boundary("BEGIN ", label);
  const std::size_t start = text.find(begin);
  if (start == std::string_view::npos) return std::nullopt;
  const std::size_t body = start + begin.size();
  const std::size_t end = text.find(boundary("END ", label), body);
  if (end == std::string_view::npos) return std::nullopt;
  std::string base64;
  for (const char c : text.substr(body, end - body)) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') base64 += c;
  }
  return from_base64(base64);
}

std::string encode_pem(std::string_view label, ByteView der) {
  const std::string base64 = to_base64(der);
  std::string text = boundary("BEGIN ", label) + "\n";
  for (std::size_t at = 0; at < base64.size(); at += kLineLength) {
    text.append(base64, at, kLineLength);
    text += '\n';
  }
  return text + boundary("END ", label) + "\n";
}

}  // namespace nethsm::crypto
