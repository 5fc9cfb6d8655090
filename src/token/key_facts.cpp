// SPDX-License-Identifier: Apache-2.0
#include "token/key_facts.h"

#include <algorithm>

#include "crypto/public_operations.h"

namespace nethsm::token {
namespace {

using T = api::KeyType;
using C = crypto::Curve;

constexpr CurveFacts kCurves[] = {
    {T::kEcP256, C::kP256, 32},
    {T::kEcP384, C::kP384, 48},
    {T::kEcP521, C::kP521, 64},  // not 66: the device reads digests as whole bytes of a SHA-2 length
    {T::kEcP256K1, C::kSecp256k1, 32},
    {T::kBrainpoolP256, C::kBrainpoolP256r1, 32},
    {T::kBrainpoolP384, C::kBrainpoolP384r1, 48},
    {T::kBrainpoolP512, C::kBrainpoolP512r1, 64},
    {T::kCurve25519, C::kEd25519, 0},
};

}  // namespace

const CurveFacts* curve_of(api::KeyType type) {
  const auto* row = std::ranges::find(kCurves, type, &CurveFacts::type);
  return row != std::end(kCurves) ? row : nullptr;
}

std::optional<api::KeyType> key_type_of_ec_params(ByteView ec_params) {
  const auto curve = crypto::parse_ec_params(ec_params);
  if (!curve) return std::nullopt;
  const auto* row = std::ranges::find(kCurves, *curve, &CurveFacts::curve);
  return row != std::end(kCurves) ? std::optional(row->type) : std::nullopt;
}

std::size_t modulus_length(const api::Key& key) {
  const auto* rsa = std::get_if<api::RsaPublic>(&key.public_part);
  return rsa != nullptr ? rsa->modulus.size() : 0;
}

std::size_t modulus_bits(const api::Key& key) { return crypto::modulus_bits(rsa_public_key(key)); }

crypto::RsaPublicKey rsa_public_key(const api::Key& key) {
  const auto* rsa = std::get_if<api::RsaPublic>(&key.public_part);
  return rsa != nullptr ? crypto::RsaPublicKey{rsa->modulus, rsa->public_exponent} : crypto::RsaPublicKey{};
}

std::optional<crypto::PublicKey> public_key(const api::Key& key) {
  if (std::holds_alternative<api::RsaPublic>(key.public_part)) return rsa_public_key(key);
  const CurveFacts* curve = curve_of(key.type);
  const auto* point = std::get_if<Bytes>(&key.public_part);
  if (curve == nullptr || point == nullptr || point->empty()) return std::nullopt;
  return crypto::EcPublicKey{curve->curve, *point};
}

Bytes public_key_info(const api::Key& key) {
  const auto known = public_key(key);
  return known ? crypto::public_key_info(*known) : Bytes();
}

}  // namespace nethsm::token
