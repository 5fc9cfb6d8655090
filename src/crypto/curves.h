// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace nethsm::crypto {

// The curves of the NetHSM.
enum class Curve : std::uint8_t {
  kP256,
  kP384,
  kP521,
  kSecp256k1,
  kBrainpoolP256r1,
  kBrainpoolP384r1,
  kBrainpoolP512r1,
  kEd25519,
};

struct CurveRow {
  Curve curve;
  const char* name;  // of the group (Ed25519: of the key type), as OpenSSL spells it
  std::size_t field_bytes;
  std::size_t order_bits;
  std::array<std::uint8_t, 11> oid;  // DER, with tag and length
};

// SEC 2, RFC 5639 §4.1, RFC 8410 §3. Sizes: Ed25519's is that of the encoded point and of the seed (RFC
// 8032).
inline constexpr std::array<CurveRow, 8> kCurves = {{
    {Curve::kP256, "P-256", 32, 256, {0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
    {Curve::kP384, "P-384", 48, 384, {0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x22}},
    {Curve::kP521, "P-521", 66, 521, {0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x23}},
    {Curve::kSecp256k1, "secp256k1", 32, 256, {0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x0a}},
    {Curve::kBrainpoolP256r1, "brainpoolP256r1", 32, 256, {0x06, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 0x07}},
    {Curve::kBrainpoolP384r1, "brainpoolP384r1", 48, 384, {0x06, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 0x0b}},
    {Curve::kBrainpoolP512r1, "brainpoolP512r1", 64, 512, {0x06, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 0x0d}},
    {Curve::kEd25519, "ED25519", 32, 253, {0x06, 3, 0x2b, 0x65, 0x70}},
}};

constexpr const CurveRow& curve_row(Curve curve) { return kCurves[static_cast<std::size_t>(curve)]; }

static_assert([] {
  for (std::size_t i = 0; i < kCurves.size(); ++i) {
    if (static_cast<std::size_t>(kCurves[i].curve) != i || kCurves[i].oid[1] + 2U > kCurves[i].oid.size())
      return false;
  }
  return true;
}());

constexpr std::size_t field_size(Curve curve) { return curve_row(curve).field_bytes; }
// Bytes of a scalar, and of each half of a signature.
constexpr std::size_t order_size(Curve curve) { return (curve_row(curve).order_bits + 7) / 8; }

// The object identifier in DER.
constexpr ByteView curve_oid(Curve curve) {
  const CurveRow& row = curve_row(curve);
  return ByteView(row.oid).first(row.oid[1] + 2U);
}

// CKA_EC_PARAMS (PKCS#11 v3.2 §6.3.3): the object identifier, in DER.
inline Bytes ec_params(Curve curve) { return to_bytes(curve_oid(curve)); }
// Also understands the curve names that are about for Ed25519. nullopt: another curve, or explicit
// parameters.
std::optional<Curve> parse_ec_params(ByteView der);
std::optional<Curve> curve_of_oid(ByteView der);

// Bytes of an uncompressed point 04||X||Y; of an Ed25519 public key.
constexpr std::size_t point_size(Curve curve) {
  return curve == Curve::kEd25519 ? field_size(curve) : 1 + 2 * field_size(curve);
}

}  // namespace nethsm::crypto
