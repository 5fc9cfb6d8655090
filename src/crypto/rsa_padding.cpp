// SPDX-License-Identifier: Apache-2.0
#include "crypto/rsa_padding.h"

#include <algorithm>
#include <array>

#include "crypto/constant_time.h"

namespace nethsm::crypto {
namespace {

using namespace constant_time;

// MGF1 (appendix B.2.1), applied: data ^= mask(seed).
Status apply_mask(DigestAlgorithm algorithm, ByteView seed, std::span<std::uint8_t> data) {
  for (std::uint32_t counter = 0; !data.empty(); ++counter) {
    const std::array<std::uint8_t, 4> counter_bytes = {
        static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
        static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
    auto digest = TRY(Digest::start(algorithm));
    TRY(digest.update(seed));
    TRY(digest.update(counter_bytes));
    Bytes mask = TRY(digest.finish());
    const std::size_t used = std::min(mask.size(), data.size());
    for (std::size_t i = 0; i < used; ++i) data[i] ^= mask[i];
    wipe(mask.data(), mask.size());
    data = data.subspan(used);
  }
  return Ok{};
}

SecretBytes secret(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Bytes pkcs1_encode(ByteView encoded, std::size_t modulus_bytes) {
  if (encoded.size() > pkcs1_capacity(modulus_bytes)) return {};
  Bytes block(modulus_bytes, 0xff);
  block[0] = 0;
  block[1] = 1;
  const std::size_t begin = modulus_bytes - encoded.size();
  block[begin - 1] = 0;
  std::ranges::copy(encoded, block.begin() + static_cast<std::ptrdiff_t>(begin));
  return block;
}

std::optional<ByteView> pkcs1_decode(ByteView block) {
  // Signatures are no secrets: the first byte that is no padding decides.
  std::size_t at = 2;
  while (at < block.size() && block[at] == 0xff) ++at;
  if (at >= block.size() || block[at] != 0) return std::nullopt;
  const ByteView encoded = block.subspan(at + 1);
  // One way to write it only: at least eight bytes of padding, and the head is right.
  if (pkcs1_encode(encoded, block.size()) != to_bytes(block)) return std::nullopt;
  return encoded;
}

Result<Bytes> pss_encode(const PssParameters& parameters, ByteView message_digest, ByteView salt,
                         std::size_t modulus_bits) {
  const std::size_t hash_size = digest_size(parameters.digest);
  if (message_digest.size() != hash_size) return fail("PSS: the digest has not the length of its algorithm");
  if (salt.size() != parameters.salt_length) return fail("PSS: the salt has not the length of the parameter");
  const std::size_t bits = modulus_bits - 1;  // of the encoded message
  const std::size_t size = (bits + 7) / 8;
  if (modulus_bits < 16 || salt.size() > size || size < hash_size + salt.size() + 2) {
    return fail("PSS: the modulus is too short for the digest and the salt");
  }
  constexpr std::array<std::uint8_t, 8> kZeros{};
  auto digest = TRY(Digest::start(parameters.digest));
  TRY(digest.update(kZeros));
  TRY(digest.update(message_digest));
  TRY(digest.update(salt));
  const Bytes hash = TRY(digest.finish());

  const std::size_t spare = (modulus_bits + 7) / 8 - size;  // 1 where the modulus has 8k + 1 bits
  Bytes block(spare + size, 0);
  const std::span<std::uint8_t> encoded = std::span(block).subspan(spare);
  const std::span<std::uint8_t> masked = encoded.first(size - hash_size - 1);
  masked[masked.size() - salt.size() - 1] = 0x01;
  std::ranges::copy(salt, masked.end() - static_cast<std::ptrdiff_t>(salt.size()));
  TRY(apply_mask(parameters.mgf, hash, masked));
  masked[0] &= static_cast<std::uint8_t>(0xff >> (8 * size - bits));
  std::ranges::copy(hash, encoded.begin() + static_cast<std::ptrdiff_t>(masked.size()));
  encoded.back() = 0xbc;
  return block;
}

Result<SecretBytes> oaep_unpad(const OaepParameters& parameters, ByteView block) {
  const std::size_t hash_size = digest_size(parameters.digest);
  if (block.size() < 2 * hash_size + 2) return fail("OAEP: the block is too short for the digest");
  const Bytes label_hash = TRY(digest(parameters.digest, parameters.label));
  SecretBytes seed = secret(block.subspan(1, hash_size));
  SecretBytes data = secret(block.subspan(1 + hash_size));
  TRY(apply_mask(parameters.mgf, data, seed));
  TRY(apply_mask(parameters.mgf, seed, data));

  // data = label hash || zeros || 01 || message
  std::uint32_t is_good = is_zero(block[0]);
  is_good &= is_zero(differences(label_hash, ByteView(data).first(hash_size)));
  std::uint32_t is_padding = 1;
  std::uint32_t message_at = 0;
  for (std::size_t i = hash_size; i < data.size(); ++i) {
    const std::uint32_t is_zero_byte = is_zero(data[i]);
    const std::uint32_t is_mark = is_equal(data[i], 1);
    message_at = select(is_padding & is_mark, static_cast<std::uint32_t>(i + 1), message_at);
    is_good &= 1U ^ (is_padding & (1U ^ is_zero_byte) & (1U ^ is_mark));
    is_padding &= is_zero_byte;
  }
  is_good &= 1U ^ is_padding;  // there was a mark
  if (is_good == 0) return fail("OAEP: the block is not well-formed");
  return secret(ByteView(data).subspan(message_at));
}

Result<SecretBytes> pkcs1_unpad(ByteView block) {
  constexpr std::uint32_t kLeastPadding = 8;
  constexpr std::uint32_t kHead = 2;
  if (block.size() < kHead + kLeastPadding + 1) return fail("PKCS #1: the block is too short");
  // 00 || 02 || at least eight non-zero bytes || 00 || message
  std::uint32_t is_good = is_zero(block[0]) & is_equal(block[1], 2);
  std::uint32_t is_padding = 1;
  std::uint32_t message_at = 0;
  for (std::size_t i = kHead; i < block.size(); ++i) {
    const std::uint32_t is_mark = is_zero(block[i]);
    message_at = select(is_padding & is_mark, static_cast<std::uint32_t>(i + 1), message_at);
    is_padding &= 1U ^ is_mark;
  }
  is_good &= 1U ^ is_padding;
  is_good &= 1U ^ is_less(message_at, kHead + kLeastPadding + 1);
  if (is_good == 0) return fail("PKCS #1: the block is not well-formed");
  return secret(block.subspan(message_at));
}

}  // namespace nethsm::crypto
