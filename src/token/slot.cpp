// SPDX-License-Identifier: Apache-2.0
// The slot and the token as C_GetSlotInfo and C_GetTokenInfo describe them.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "token/token_impl.h"

namespace nethsm::token {
namespace {

constexpr CK_VERSION kUnknownVersion = {0, 1};

// Blank padded, cut between characters.
template <std::size_t N>
void write_padded(CK_UTF8CHAR (&field)[N], std::string_view text) {
  if (text.size() > N) {
    std::size_t end = N;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::memset(field, ' ', N);
  std::memcpy(field, text.data(), text.size());
}

std::optional<CK_BYTE> small_number(std::string_view text) {
  CK_BYTE number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// "5.0" is a version; further parts have no place in a CK_VERSION.
CK_VERSION parse_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return kUnknownVersion;
  const auto rest = text.substr(dot + 1);
  const auto major = small_number(text.substr(0, dot));
  const auto minor = small_number(rest.substr(0, rest.find('.')));
  return major && minor ? CK_VERSION{*major, *minor} : kUnknownVersion;
}

}  // namespace

bool Token::present() { return impl_->device.present(); }
std::uint64_t Token::presence_changes() { return impl_->device.presence_changes(); }

CK_SLOT_INFO Token::slot_info() {
  const auto names = impl_->device.names();
  CK_SLOT_INFO info{};
  write_padded(info.slotDescription, names.product);
  write_padded(info.manufacturerID, names.vendor);
  info.flags = CKF_HW_SLOT;
  if (present()) info.flags |= CKF_TOKEN_PRESENT;
  info.hardwareVersion = kUnknownVersion;
  info.firmwareVersion = kUnknownVersion;
  return info;
}

Result<CK_TOKEN_INFO> Token::token_info() {
  if (!present()) {
    return fail(CKR_TOKEN_NOT_PRESENT,
                "no NetHSM of the slot \"" + label() + "\" is reachable and operational");
  }
  const auto names = impl_->device.names();
  const auto system = impl_->device.system(impl_->login.configured_administrator());
  const auto& settings = impl_->settings;
  CK_TOKEN_INFO info{};
  write_padded(info.label, settings.label);
  write_padded(info.manufacturerID, names.vendor);
  write_padded(info.model, names.product);
  write_padded(info.serialNumber, system ? system->device_id : "unknown");
  info.flags = CKF_RNG | CKF_TOKEN_INITIALIZED | CKF_DUAL_CRYPTO_OPERATIONS;
  info.flags |= impl_->login.wrong_pin_flags();
  if (settings.operator_user) info.flags |= CKF_USER_PIN_INITIALIZED;
  // Whoever reads: with a configured password nobody has to log in.
  const auto& first = settings.operator_user ? settings.operator_user : settings.administrator_user;
  if (!first || !first->password || first->password->empty()) info.flags |= CKF_LOGIN_REQUIRED;
  info.ulMaxSessionCount = info.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
  info.ulSessionCount = info.ulRwSessionCount = CK_UNAVAILABLE_INFORMATION;
  info.ulMinPinLen = api::kMinPassphraseLength;
  info.ulMaxPinLen = api::kMaxPassphraseLength;
  info.ulTotalPublicMemory = info.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
  info.ulTotalPrivateMemory = info.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
  info.hardwareVersion = system ? parse_version(system->hardware_version) : kUnknownVersion;
  info.firmwareVersion = system ? parse_version(system->software_version) : kUnknownVersion;
  std::memset(info.utcTime, '0', sizeof info.utcTime);  // the token has no clock to show
  return info;
}

}  // namespace nethsm::token
