// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_crypto_aes.h"

#include <openssl/rand.h>

#include <string>

namespace nethsm::simulator {
namespace {

constexpr std::size_t kBlockBytes = 16;

const EVP_CIPHER* cipher_for(std::size_t key_bytes) {
  switch (key_bytes) {
    case 16:
      return EVP_aes_128_cbc();
    case 24:
      return EVP_aes_192_cbc();
    case 32:
      return EVP_aes_256_cbc();
    default:
      return nullptr;
  }
}

[[noreturn]] void refuse(AesDirection direction, const std::string& reason) {
  const char* operation = direction == AesDirection::kEncrypt ? "Encryption" : "Decryption";
  throw KeyRefused(std::string(operation) + " failed: Mirage_crypto: " + reason);
}

void check_lengths(AesDirection direction, std::size_t key, std::size_t iv, std::size_t data) {
  if (cipher_for(key) == nullptr) refuse(direction, "AES.of_secret: key length " + std::to_string(key));
  if (iv != kBlockBytes) refuse(direction, "CBC: IV length " + std::to_string(iv) + " not of block size");
  if (data % kBlockBytes != 0) {
    refuse(direction, "CBC: argument length " + std::to_string(data) + " not of block size");
  }
}

}  // namespace

Bytes random_iv() {
  Bytes iv(kBlockBytes);
  require(RAND_bytes(iv.data(), static_cast<int>(iv.size())) == 1, "RAND_bytes");
  return iv;
}

Bytes aes_cbc(AesDirection direction, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv,
              std::span<const std::uint8_t> data) {
  check_lengths(direction, key.size(), iv.size(), data.size());
  if (data.empty()) return {};
  const EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
  const int encrypt = direction == AesDirection::kEncrypt ? 1 : 0;
  Bytes result(data.size());
  int size = 0;
  require(context &&
              EVP_CipherInit_ex(context.get(), cipher_for(key.size()), nullptr, key.data(), iv.data(),
                                encrypt) == 1 &&
              EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
              EVP_CipherUpdate(context.get(), result.data(), &size, data.data(),
                               static_cast<int>(data.size())) == 1 &&
              static_cast<std::size_t>(size) == result.size(),
          "AES-CBC");
  return result;
}

}  // namespace nethsm::simulator
