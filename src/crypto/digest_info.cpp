// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest_info.h"

#include <algorithm>

#include "crypto/der.h"

namespace nethsm::crypto {

Bytes digest_info(DigestAlgorithm algorithm, ByteView digest) {
  const Bytes identifier = der::sequence({digest_oid(algorithm), der::element(der::kNull, {})});
  return der::sequence({identifier, der::octet_string(digest)});
}

std::optional<ParsedDigestInfo> parse_digest_info(ByteView input) {
  const auto content = der::content_of(der::kSequence, input);
  if (!content) return std::nullopt;
  der::Reader fields(*content);
  const auto identifier = fields.next(der::kSequence);
  const auto digest = fields.next(der::kOctetString);
  if (!identifier || !digest || !fields.empty()) return std::nullopt;

  der::Reader parts(*identifier);
  const auto oid = parts.next();
  // RFC 8017 appendix B.1: both forms are to be accepted.
  const auto parameters = parts.next_if(der::kNull);
  if (!oid || !parts.empty() || (parameters && !parameters->content.empty())) return std::nullopt;
  const auto* row = std::ranges::find_if(kDigests, [&](const DigestRow& candidate) {
    return std::ranges::equal(digest_oid(candidate.algorithm), oid->whole);
  });
  if (row == kDigests.end() || digest->size() != row->size) return std::nullopt;
  return ParsedDigestInfo{row->algorithm, *digest};
}

}  // namespace nethsm::crypto
