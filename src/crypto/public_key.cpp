// SPDX-License-Identifier: Apache-2.0
#include "crypto/public_key.h"

#include <algorithm>

#include "crypto/der.h"

namespace nethsm::crypto {
namespace {

// rsaEncryption (RFC 8017 appendix A.1), id-ecPublicKey (RFC 5480 §2.1.1).
constexpr std::uint8_t kRsaEncryption[] = {0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::uint8_t kEcPublicKey[] = {0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::uint8_t kUncompressed = 0x04;

Unexpected<Error> malformed() { return fail("malformed SubjectPublicKeyInfo"); }

Result<PublicKey> parse_rsa(ByteView octets) {
  const auto content = der::content_of(der::kSequence, octets);
  if (!content) return malformed();
  der::Reader numbers(*content);
  const auto modulus = numbers.next(der::kInteger);
  const auto exponent = numbers.next(der::kInteger);
  if (!modulus || !exponent || !numbers.empty()) return malformed();
  const auto n = der::unsigned_number(*modulus);
  const auto e = der::unsigned_number(*exponent);
  if (!n || !e) return malformed();
  return PublicKey(RsaPublicKey{to_bytes(*n), to_bytes(*e)});
}

Result<PublicKey> parse_point(Curve curve, ByteView octets) {
  const bool form_fits = curve == Curve::kEd25519 || (!octets.empty() && octets[0] == kUncompressed);
  if (!form_fits || octets.size() != point_size(curve)) return fail("not an uncompressed point of its curve");
  return PublicKey(EcPublicKey{curve, to_bytes(octets)});
}

}  // namespace

Bytes rsa_public_key_info(ByteView modulus, ByteView public_exponent) {
  const Bytes algorithm = der::sequence({kRsaEncryption, der::element(der::kNull, {})});
  const Bytes key = der::sequence({der::unsigned_integer(modulus), der::unsigned_integer(public_exponent)});
  return der::sequence({algorithm, der::bit_string(key)});
}

Bytes ec_public_key_info(Curve curve, ByteView point) {
  const Bytes algorithm = curve == Curve::kEd25519 ? der::sequence({curve_oid(curve)})
                                                   : der::sequence({kEcPublicKey, curve_oid(curve)});
  return der::sequence({algorithm, der::bit_string(point)});
}

Bytes public_key_info(const PublicKey& key) {
  if (const auto* rsa = std::get_if<RsaPublicKey>(&key)) {
    return rsa_public_key_info(rsa->modulus, rsa->public_exponent);
  }
  const auto& ec = *std::get_if<EcPublicKey>(&key);
  return ec_public_key_info(ec.curve, ec.point);
}

Result<PublicKey> parse_public_key_info(ByteView input) {
  const auto content = der::content_of(der::kSequence, input);
  if (!content) return malformed();
  der::Reader fields(*content);
  const auto identifier = fields.next(der::kSequence);
  const auto bits = fields.next(der::kBitString);
  const auto octets = bits ? der::bit_string_octets(*bits) : std::nullopt;
  if (!identifier || !octets || !fields.empty()) return malformed();

  der::Reader parts(*identifier);
  const auto algorithm = parts.next();
  if (!algorithm) return malformed();
  if (std::ranges::equal(algorithm->whole, kRsaEncryption)) return parse_rsa(*octets);
  if (std::ranges::equal(algorithm->whole, curve_oid(Curve::kEd25519))) {
    return parts.empty() ? parse_point(Curve::kEd25519, *octets) : malformed();
  }
  if (!std::ranges::equal(algorithm->whole, kEcPublicKey))
    return fail("a public key of an unknown algorithm");
  const auto parameters = parts.next();
  const auto curve = parameters ? curve_of_oid(parameters->whole) : std::nullopt;
  if (!curve || *curve == Curve::kEd25519 || !parts.empty()) return fail("a public key on an unknown curve");
  return parse_point(*curve, *octets);
}

}  // namespace nethsm::crypto
