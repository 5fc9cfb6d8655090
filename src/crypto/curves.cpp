// SPDX-License-Identifier: Apache-2.0
#include "crypto/curves.h"

#include <algorithm>
#include <string_view>

#include "crypto/der.h"

namespace nethsm::crypto {
namespace {

// "edwards25519" is the standard's (§6.3.4); the others come from applications. X25519 is never meant in
// CKA_EC_PARAMS of an Edwards key, which is where these names are read, and the NetHSM calls its Ed25519 keys
// Curve25519.
constexpr std::string_view kEd25519Names[] = {"edwards25519", "Ed25519", "ed25519", "curve25519",
                                              "Curve25519"};

std::optional<std::string_view> curve_name(ByteView input) {
  for (const std::uint8_t tag : {der::kPrintableString, der::kUtf8String}) {
    if (const auto content = der::content_of(tag, input)) return as_text(*content);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Curve> curve_of_oid(ByteView input) {
  const auto* row = std::ranges::find_if(kCurves, [&](const CurveRow& candidate) {
    return std::ranges::equal(curve_oid(candidate.curve), input);
  });
  return row != kCurves.end() ? std::optional(row->curve) : std::nullopt;
}

std::optional<Curve> parse_ec_params(ByteView input) {
  if (const auto name = curve_name(input)) {
    return std::ranges::find(kEd25519Names, *name) != std::end(kEd25519Names) ? std::optional(Curve::kEd25519)
                                                                              : std::nullopt;
  }
  return curve_of_oid(input);
}

}  // namespace nethsm::crypto
