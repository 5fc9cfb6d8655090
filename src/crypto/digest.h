// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/error.h"

namespace nethsm::crypto {

enum class DigestAlgorithm : std::uint8_t {
  kMd5,
  kSha1,
  kSha224,
  kSha256,
  kSha384,
  kSha512,
  kSha3_224,
  kSha3_256,
  kSha3_384,
  kSha3_512,
};

struct DigestRow {
  DigestAlgorithm algorithm;
  const char* name;                  // as OpenSSL fetches it
  std::size_t size;                  // bytes
  std::array<std::uint8_t, 11> oid;  // DER, with tag and length
};

// RFC 8017 appendix B.1; NIST CSOR for SHA-3.
inline constexpr std::array<DigestRow, 10> kDigests = {{
    {DigestAlgorithm::kMd5, "MD5", 16, {0x06, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05}},
    {DigestAlgorithm::kSha1, "SHA1", 20, {0x06, 5, 0x2b, 0x0e, 0x03, 0x02, 0x1a}},
    {DigestAlgorithm::kSha224, "SHA2-224", 28, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 4}},
    {DigestAlgorithm::kSha256, "SHA2-256", 32, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 1}},
    {DigestAlgorithm::kSha384, "SHA2-384", 48, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 2}},
    {DigestAlgorithm::kSha512, "SHA2-512", 64, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 3}},
    {DigestAlgorithm::kSha3_224, "SHA3-224", 28, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 7}},
    {DigestAlgorithm::kSha3_256, "SHA3-256", 32, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 8}},
    {DigestAlgorithm::kSha3_384, "SHA3-384", 48, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 9}},
    {DigestAlgorithm::kSha3_512, "SHA3-512", 64, {0x06, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 10}},
}};
inline constexpr std::size_t kMaxDigestSize = 64;

constexpr const DigestRow& digest_row(DigestAlgorithm algorithm) {
  return kDigests[static_cast<std::size_t>(algorithm)];
}
constexpr std::size_t digest_size(DigestAlgorithm algorithm) { return digest_row(algorithm).size; }

// The object identifier in DER.
constexpr ByteView digest_oid(DigestAlgorithm algorithm) {
  const DigestRow& row = digest_row(algorithm);
  return ByteView(row.oid).first(row.oid[1] + 2U);
}

static_assert([] {
  for (std::size_t i = 0; i < kDigests.size(); ++i) {
    const DigestRow& row = kDigests[i];
    if (static_cast<std::size_t>(row.algorithm) != i || row.size > kMaxDigestSize) return false;
    if (row.oid[1] + 2U > row.oid.size()) return false;
  }
  return true;
}());

// Null only without memory. Fetched once and kept.
const EVP_MD* openssl_digest(DigestAlgorithm algorithm);

// A digest in the making, fed in parts of any size. Not thread-safe; movable. A moved-from or finished digest
// refuses.
class Digest {
 public:
  static Result<Digest> start(DigestAlgorithm algorithm);
  Status update(ByteView part);
  Result<Bytes> finish();

  DigestAlgorithm algorithm() const { return algorithm_; }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;

  Digest(DigestAlgorithm algorithm, Context context) : algorithm_(algorithm), context_(std::move(context)) {}

  DigestAlgorithm algorithm_;
  Context context_;
};

Result<Bytes> digest(DigestAlgorithm algorithm, ByteView message);

}  // namespace nethsm::crypto
