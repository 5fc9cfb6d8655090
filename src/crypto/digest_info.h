// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "crypto/digest.h"

// DigestInfo (RFC 8017 §9.2): what an RSA PKCS #1 v1.5 signature signs.
namespace nethsm::crypto {

constexpr std::size_t digest_info_size(DigestAlgorithm algorithm) {
  constexpr std::size_t kHeads = 2 + 2 + 2 + 2;  // sequence, sequence, NULL, octet string: all short lengths
  return kHeads + digest_oid(algorithm).size() + digest_size(algorithm);
}

// `digest` has the length of the algorithm.
Bytes digest_info(DigestAlgorithm algorithm, ByteView digest);

struct ParsedDigestInfo {
  DigestAlgorithm algorithm;
  ByteView digest;  // in the input
};
// nullopt if it is not the DigestInfo of a known algorithm, in DER, with NULL or absent parameters.
std::optional<ParsedDigestInfo> parse_digest_info(ByteView der);

}  // namespace nethsm::crypto
