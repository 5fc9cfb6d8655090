// SPDX-License-Identifier: Apache-2.0
#include "simulator/credentials.h"

#include "simulator/base64.h"
#include "simulator/identifier.h"

namespace nethsm::simulator {

std::optional<Credentials> read_credentials(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  try {
    const Bytes decoded = base64_decode(authorization.substr(kScheme.size()));
    const std::string text(decoded.begin(), decoded.end());
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    return Credentials{text.substr(0, colon), text.substr(colon + 1)};
  } catch (const Base64Error&) {
    return std::nullopt;
  }
}

std::string_view user_id_complaint(std::string_view id) {
  const std::size_t at = id.find('~');
  if (at == std::string_view::npos) return id_complaint(id);
  const auto complaint = id_complaint(id.substr(0, at));
  return complaint.empty() ? id_complaint(id.substr(at + 1)) : complaint;
}

std::string claimed_user(const Request& request) {
  const auto header = request.header("Authorization");
  const auto credentials = header ? read_credentials(*header) : std::nullopt;
  return credentials ? credentials->user : std::string();
}

}  // namespace nethsm::simulator
