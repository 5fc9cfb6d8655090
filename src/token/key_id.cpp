// SPDX-License-Identifier: Apache-2.0
#include "token/key_id.h"

#include <sys/random.h>

#include <array>

#include "nethsm/vocabulary.h"

namespace nethsm::token {
namespace {

constexpr std::string_view kEncodedPrefix = "0---";
constexpr std::size_t kMaxEncodedBytes = (api::kMaxIdLength - kEncodedPrefix.size()) / 2;
static_assert(kMaxEncodedBytes == 62);

constexpr std::string_view kTemporaryPrefix = "p11-temporary-";
constexpr char kUniqueIdSeparator = ':';  // no character of ids

std::string_view class_word(CK_OBJECT_CLASS object_class) {
  switch (object_class) {
    case CKO_PRIVATE_KEY:
      return "private-key";
    case CKO_PUBLIC_KEY:
      return "public-key";
    case CKO_SECRET_KEY:
      return "secret-key";
    default:
      return "certificate";
  }
}

}  // namespace

std::optional<std::string> to_key_id(ByteView cka_id) {
  const std::string_view text = as_text(cka_id);
  if (api::is_valid_id(text)) return std::string(text);
  if (cka_id.empty() || cka_id.size() > kMaxEncodedBytes) return std::nullopt;
  return std::string(kEncodedPrefix) + to_hex(cka_id, HexCase::kUpper);
}

Bytes to_cka_id(std::string_view key_id) {
  if (key_id.starts_with(kEncodedPrefix)) {
    const auto decoded = from_hex(key_id.substr(kEncodedPrefix.size()));
    // Only what encodes to exactly this id: "0---6b" and "0---6B" ("k" needs no encoding) are names like any
    // other.
    if (decoded && to_key_id(*decoded) == key_id) return *decoded;
  }
  return to_bytes(key_id);
}

Bytes unique_id(std::string_view key_id, CK_OBJECT_CLASS object_class) {
  std::string text(key_id);
  text += kUniqueIdSeparator;
  text += class_word(object_class);
  return to_bytes(text);
}

std::optional<std::string> key_id_of_unique_id(ByteView unique_id) {
  const std::string_view text = as_text(unique_id);
  const std::string_view id = text.substr(0, text.find(kUniqueIdSeparator));
  if (id.size() == text.size() || !api::is_valid_id(id)) return std::nullopt;
  return std::string(id);
}

Result<std::string> temporary_key_id() {
  const std::string random = TRY(random_key_id());
  return std::string(kTemporaryPrefix) + random;
}
bool is_temporary(std::string_view key_id) { return key_id.starts_with(kTemporaryPrefix); }

Result<std::string> random_key_id() {
  std::array<std::uint8_t, 10> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail(CKR_FUNCTION_FAILED, "the system has no random bytes for the id of a new key");
  }
  return to_hex(bytes);
}

}  // namespace nethsm::token
