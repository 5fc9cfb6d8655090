// SPDX-License-Identifier: Apache-2.0
#include "simulator/passphrase.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "simulator/failure.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kDigestBytes = 32;
constexpr int kRounds = 1000;
constexpr std::size_t kMinBytes = 10;
constexpr std::size_t kMaxBytes = 200;

Bytes hmac(const Bytes& salt, std::string_view passphrase) {
  const Bytes data = to_bytes(passphrase);
  Bytes digest(kDigestBytes);
  unsigned size = 0;
  require(HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()), data.data(), data.size(),
               digest.data(), &size) != nullptr,
          "HMAC");
  return digest;
}

bool equal(const Bytes& a, const Bytes& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  require(count == 0 || RAND_bytes(bytes.data(), static_cast<int>(count)) == 1, "RAND_bytes");
  return bytes;
}

std::string random_hex_id() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  for (const auto byte : random_bytes(10)) id += {kHex[byte >> 4], kHex[byte & 15]};
  return id;
}

void check_passphrase(std::string_view field, std::string_view passphrase) {
  if (passphrase.size() < kMinBytes || passphrase.size() > kMaxBytes)
    throw Failure(400, "passphrase " + std::string(field) + " is not >= 10 and <= 200 characters");
}

UserPassphrase UserPassphrase::of(std::string_view passphrase) {
  UserPassphrase result{random_bytes(kSaltBytes), {}};
  result.digest = hmac(result.salt, passphrase);
  return result;
}

bool UserPassphrase::matches(std::string_view passphrase) const {
  return equal(digest, hmac(salt, passphrase));
}

Bytes derive_key(std::string_view passphrase, const Bytes& salt) {
  Bytes key(kDigestBytes);
  require(PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()), salt.data(),
                            static_cast<int>(salt.size()), kRounds, EVP_sha256(),
                            static_cast<int>(key.size()), key.data()) == 1,
          "PBKDF2");
  return key;
}

SlowPassphrase SlowPassphrase::of(std::string_view passphrase) {
  SlowPassphrase result{random_bytes(kSaltBytes), {}};
  result.key = derive_key(passphrase, result.salt);
  return result;
}

bool SlowPassphrase::matches(std::string_view passphrase) const {
  return equal(key, derive_key(passphrase, salt));
}

}  // namespace nethsm::simulator
