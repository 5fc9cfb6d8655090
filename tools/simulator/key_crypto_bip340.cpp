// SPDX-License-Identifier: Apache-2.0
// BIP-340, "Default Signing"; the names of the variables are those of its text.
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <initializer_list>
#include <string_view>

#include "simulator/key_crypto_ec.h"

namespace nethsm::simulator {
namespace {

using Hash = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;
using View = std::span<const std::uint8_t>;
constexpr std::size_t kWidth = 32;

Hash sha256(std::initializer_list<View> parts) {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  Hash hash{};
  bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (View part : parts) done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  require(done && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1, "SHA-256");
  return hash;
}

// hash_tag(x) of BIP-340; x is the concatenation of two or three parts.
Hash tagged_hash(std::string_view tag, View first, View second = {}, View third = {}) {
  const Bytes name = to_bytes(tag);
  const Hash prefix = sha256({name});
  return sha256({prefix, prefix, first, second, third});
}

struct Secp256k1 {
  EcGroupPtr group{EC_GROUP_new_by_curve_name(NID_secp256k1)};
  BnCtxPtr context{BN_CTX_secure_new()};

  const BIGNUM* n() const { return EC_GROUP_get0_order(group.get()); }

  // The x of scalar·G; the scalar is negated where y is odd, so that it belongs to the even point of that x.
  Bytes x_of_even_point(BnPtr& scalar) const {
    EcPointPtr point(EC_POINT_new(group.get()));
    BnPtr x(BN_new()), y(BN_new());
    require(
        EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, context.get()) == 1 &&
            EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), context.get()) == 1,
        "secp256k1 point");
    if (BN_is_odd(y.get())) require(BN_sub(scalar.get(), n(), scalar.get()) == 1, "BN_sub");
    return to_bytes(x.get(), kWidth);
  }

  BnPtr modulo_n(View hash) const {
    BnPtr number = to_bn(hash);
    require(BN_mod(number.get(), number.get(), n(), context.get()) == 1, "BN_mod");
    return number;
  }
};

}  // namespace

Bytes bip340_sign(View secret, View message, std::span<const std::uint8_t, 32> auxiliary) {
  const Secp256k1 curve;
  BnPtr d = to_bn(secret);
  const Bytes p = curve.x_of_even_point(d);
  Bytes t = to_bytes(d.get(), kWidth);
  const Hash mask = tagged_hash("BIP0340/aux", auxiliary);
  for (std::size_t i = 0; i < kWidth; ++i) t[i] ^= mask[i];

  BnPtr k = curve.modulo_n(tagged_hash("BIP0340/nonce", t, p, message));
  if (BN_is_zero(k.get())) throw KeyRefused("Signing failure: zero nonce");
  Bytes signature = curve.x_of_even_point(k);
  const BnPtr e = curve.modulo_n(tagged_hash("BIP0340/challenge", signature, p, message));

  BnPtr s(BN_new());
  require(BN_mod_mul(s.get(), e.get(), d.get(), curve.n(), curve.context.get()) == 1 &&
              BN_mod_add(s.get(), s.get(), k.get(), curve.n(), curve.context.get()) == 1,
          "BIP-340 s");
  const Bytes tail = to_bytes(s.get(), kWidth);
  signature.insert(signature.end(), tail.begin(), tail.end());
  return signature;
}

Bytes bip340_sign(const KeyMaterial& key, View message) {
  std::array<std::uint8_t, 32> auxiliary{};
  require(RAND_bytes(auxiliary.data(), static_cast<int>(auxiliary.size())) == 1, "RAND_bytes");
  return bip340_sign(key.values().data, message, auxiliary);
}

}  // namespace nethsm::simulator
