// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_crypto_rsa.h"

#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <initializer_list>

#include "simulator/key_crypto.h"

namespace nethsm::simulator {
namespace {

using View = std::span<const std::uint8_t>;

// 00 01, at least eight FF, 00.
constexpr std::size_t kMinPkcs1Padding = 11;

[[noreturn]] void fail_decryption() { throw KeyRefused("Decryption failure"); }

// The bare private key operation, `input` and result being exactly as long as the modulus.
Bytes private_operation(const KeyMaterial& key, View input) {
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key.pkey(), nullptr));
  Bytes result(key.modulus_bytes());
  std::size_t size = result.size();
  require(context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
              EVP_PKEY_decrypt(context.get(), result.data(), &size, input.data(), input.size()) == 1 &&
              size == result.size(),
          "RSA private key operation");
  return result;
}

Bytes hash_of(const EVP_MD* digest, std::initializer_list<View> parts) {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  Bytes hash(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  bool done = context && EVP_DigestInit_ex(context.get(), digest, nullptr) == 1;
  for (View part : parts) done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  require(done && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1, "digest");
  return hash;
}

// data xor MGF1(seed), RFC 8017 B.2.1.
void apply_mgf1(const EVP_MD* digest, View seed, std::span<std::uint8_t> data) {
  for (std::uint32_t counter = 0; !data.empty(); ++counter) {
    const std::array<std::uint8_t, 4> suffix{
        static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
        static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
    const Bytes block = hash_of(digest, {seed, suffix});
    const std::size_t size = std::min(block.size(), data.size());
    for (std::size_t i = 0; i < size; ++i) data[i] ^= block[i];
    data = data.subspan(size);
  }
}

// EMSA-PSS-ENCODE, RFC 8017 9.1.1, with a salt as long as the hash, left-padded to the modulus.
Bytes encode_pss(const EVP_MD* digest, View hash, std::size_t modulus_bits) {
  const std::size_t encoded_bits = modulus_bits - 1;
  const std::size_t encoded_bytes = (encoded_bits + 7) / 8;
  if (encoded_bytes < 2 * hash.size() + 2) throw KeyRefused("RSA key of insufficient length");
  Bytes salt(hash.size());
  require(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1, "RAND_bytes");
  const std::array<std::uint8_t, 8> zeros{};
  const Bytes h = hash_of(digest, {zeros, hash, salt});

  Bytes block((modulus_bits + 7) / 8);
  const std::span<std::uint8_t> encoded = std::span(block).last(encoded_bytes);
  const std::span<std::uint8_t> db = encoded.first(encoded_bytes - h.size() - 1);
  db[db.size() - salt.size() - 1] = 0x01;
  std::copy(salt.begin(), salt.end(), db.end() - static_cast<std::ptrdiff_t>(salt.size()));
  apply_mgf1(digest, h, db);
  db[0] = static_cast<std::uint8_t>(db[0] & (0xff >> (8 * encoded_bytes - encoded_bits)));
  std::copy(h.begin(), h.end(), encoded.begin() + static_cast<std::ptrdiff_t>(db.size()));
  encoded.back() = 0xbc;
  return block;
}

// The genuine server's library raises an exception for the two messages that RSA does not change.
Bytes decrypt_number(const KeyMaterial& key, View encrypted) {
  const BnPtr number = to_bn(encrypted);
  if (BN_is_zero(number.get())) throw ServerException("Invalid_argument(\"Mirage_crypto: Rsa: message: 0\")");
  if (BN_is_one(number.get())) throw ServerException("Invalid_argument(\"Mirage_crypto: Rsa: message: 1\")");
  if (BN_cmp(number.get(), key.modulus()) >= 0) fail_decryption();
  return private_operation(key, to_bytes(number.get(), key.modulus_bytes()));
}

// EME-OAEP decoding, RFC 8017 7.1.2 step 3, with the empty label.
Bytes decode_oaep(const EVP_MD* digest, Bytes block) {
  const auto hash_bytes = static_cast<std::size_t>(EVP_MD_get_size(digest));
  const std::span<std::uint8_t> seed = std::span(block).subspan(1, hash_bytes);
  const std::span<std::uint8_t> db = std::span(block).subspan(1 + hash_bytes);
  apply_mgf1(digest, db, seed);
  apply_mgf1(digest, seed, db);
  const Bytes label_hash = hash_of(digest, {});
  const auto rest = db.begin() + static_cast<std::ptrdiff_t>(hash_bytes);
  const auto separator = std::find_if(rest, db.end(), [](std::uint8_t byte) { return byte != 0; });
  if (block[0] != 0 || !std::equal(db.begin(), rest, label_hash.begin()) || separator == db.end() ||
      *separator != 0x01) {
    fail_decryption();
  }
  return {separator + 1, db.end()};
}

}  // namespace

const EVP_MD* evp_digest(Digest digest) {
  switch (digest) {
    case Digest::kNone:
      return nullptr;
    case Digest::kMd5:
      return EVP_md5();
    case Digest::kSha1:
      return EVP_sha1();
    case Digest::kSha224:
      return EVP_sha224();
    case Digest::kSha256:
      return EVP_sha256();
    case Digest::kSha384:
      return EVP_sha384();
    case Digest::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

Bytes rsa_sign_pkcs1(const KeyMaterial& key, View message) {
  const std::size_t size = key.modulus_bytes();
  if (message.size() + kMinPkcs1Padding > size) throw KeyRefused("Signing failure: RSA key too short.");
  Bytes block(size, 0xff);
  block[0] = 0x00;
  block[1] = 0x01;
  block[size - message.size() - 1] = 0x00;
  std::copy(message.begin(), message.end(), block.end() - static_cast<std::ptrdiff_t>(message.size()));
  return private_operation(key, block);
}

Bytes rsa_sign_pss(const KeyMaterial& key, Digest digest, View hash) {
  if (hash.size() != digest_bytes(digest)) throw KeyRefused("digested data of invalid size");
  return private_operation(key, encode_pss(evp_digest(digest), hash, key.modulus_bits()));
}

Bytes rsa_decrypt_raw(const KeyMaterial& key, View encrypted) { return decrypt_number(key, encrypted); }

Bytes rsa_decrypt_pkcs1(const KeyMaterial& key, View encrypted) {
  if (encrypted.size() != key.modulus_bytes()) fail_decryption();
  const Bytes block = decrypt_number(key, encrypted);
  if (block.size() < kMinPkcs1Padding || block[0] != 0x00 || block[1] != 0x02) fail_decryption();
  const auto separator = std::find(block.begin() + 2, block.end(), 0x00);
  if (separator == block.end() ||
      separator - block.begin() < static_cast<std::ptrdiff_t>(kMinPkcs1Padding) - 1) {
    fail_decryption();
  }
  return {separator + 1, block.end()};
}

Bytes rsa_decrypt_oaep(const KeyMaterial& key, Digest digest, View encrypted) {
  const std::size_t size = key.modulus_bytes();
  if (encrypted.size() != size || size < 2 * digest_bytes(digest) + 2) fail_decryption();
  return decode_oaep(evp_digest(digest), decrypt_number(key, encrypted));
}

}  // namespace nethsm::simulator
