// SPDX-License-Identifier: Apache-2.0
// The names of the variables are those of RFC 6979, section 3.2.
#include "simulator/deterministic_ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>

#include <array>
#include <initializer_list>

namespace nethsm::simulator {
namespace {

using View = std::span<const std::uint8_t>;
using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, OpensslFree<&ECDSA_SIG_free>>;

EcGroupPtr group_of(EVP_PKEY* pkey) {
  std::array<char, 80> name{};
  require(EVP_PKEY_get_group_name(pkey, name.data(), name.size(), nullptr) == 1, "EVP_PKEY_get_group_name");
  EcGroupPtr group(EC_GROUP_new_by_curve_name(OBJ_txt2nid(name.data())));
  require(group != nullptr, "EC_GROUP_new_by_curve_name");
  return group;
}

BnPtr scalar_of(EVP_PKEY* pkey) {
  BIGNUM* scalar = nullptr;
  require(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1, "EC private key");
  return BnPtr(scalar);
}

// bits2int: the leftmost qlen bits.
BnPtr leftmost_bits(View bits, int qlen) {
  BnPtr number = to_bn(bits);
  const int excess = static_cast<int>(bits.size()) * 8 - qlen;
  if (excess > 0) require(BN_rshift(number.get(), number.get(), excess) == 1, "BN_rshift");
  return number;
}

// The generator of nonces, section 3.2 steps b to h.
class NonceGenerator {
 public:
  NonceGenerator(const EVP_MD* digest, const BIGNUM* q, View x, View h1)
      : digest_(digest), q_(q), v_(hash_bytes(), 0x01), k_(hash_bytes(), 0x00) {
    for (const std::uint8_t step : std::array<std::uint8_t, 2>{0x00, 0x01}) {
      k_ = hmac({v_, View(&step, 1), x, h1});
      v_ = hmac({v_});
    }
  }

  BnPtr next() {
    for (;;) {
      Bytes t;
      while (t.size() * 8 < static_cast<std::size_t>(BN_num_bits(q_))) {
        v_ = hmac({v_});
        t.insert(t.end(), v_.begin(), v_.end());
      }
      BnPtr k = leftmost_bits(t, BN_num_bits(q_));
      constexpr std::uint8_t kStep = 0x00;
      k_ = hmac({v_, View(&kStep, 1)});
      v_ = hmac({v_});
      if (!BN_is_zero(k.get()) && BN_cmp(k.get(), q_) < 0) return k;
    }
  }

 private:
  std::size_t hash_bytes() const { return static_cast<std::size_t>(EVP_MD_get_size(digest_)); }

  Bytes hmac(std::initializer_list<View> parts) const {
    Bytes data;
    for (const View part : parts) data.insert(data.end(), part.begin(), part.end());
    Bytes mac(hash_bytes());
    require(HMAC(digest_, k_.data(), static_cast<int>(k_.size()), data.data(), data.size(), mac.data(),
                 nullptr) != nullptr,
            "HMAC");
    return mac;
  }

  const EVP_MD* digest_;
  const BIGNUM* q_;
  Bytes v_;
  Bytes k_;
};

Bytes to_der(BnPtr r, BnPtr s) {
  const EcdsaSigPtr signature(ECDSA_SIG_new());
  require(signature && ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1, "ECDSA_SIG");
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
  unsigned char* end = der.data();
  require(i2d_ECDSA_SIG(signature.get(), &end) > 0, "i2d_ECDSA_SIG");
  return der;
}

}  // namespace

Bytes deterministic_ecdsa_sign(EVP_PKEY* pkey, const EVP_MD* digest, std::span<const std::uint8_t> hash) {
  const EcGroupPtr group = group_of(pkey);
  const BIGNUM* q = EC_GROUP_get0_order(group.get());
  const BnCtxPtr context(BN_CTX_secure_new());
  const BnPtr x = scalar_of(pkey);
  const BnPtr z = leftmost_bits(hash, BN_num_bits(q));
  const auto width = static_cast<std::size_t>(BN_num_bytes(q));
  BnPtr h(BN_new()), r(BN_new()), s(BN_new());
  require(BN_mod(h.get(), z.get(), q, context.get()) == 1, "BN_mod");
  NonceGenerator nonces(digest, q, to_bytes(x.get(), width), to_bytes(h.get(), width));
  const EcPointPtr point(EC_POINT_new(group.get()));
  do {
    const BnPtr k = nonces.next();
    // r = x(kG) mod q, s = (h + r·x) / k mod q
    require(
        EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, context.get()) == 1 &&
            EC_POINT_get_affine_coordinates(group.get(), point.get(), r.get(), nullptr, context.get()) == 1 &&
            BN_mod(r.get(), r.get(), q, context.get()) == 1 &&
            BN_mod_mul(s.get(), r.get(), x.get(), q, context.get()) == 1 &&
            BN_mod_add(s.get(), s.get(), h.get(), q, context.get()) == 1 &&
            BN_mod_inverse(k.get(), k.get(), q, context.get()) != nullptr &&
            BN_mod_mul(s.get(), s.get(), k.get(), q, context.get()) == 1,
        "deterministic ECDSA");
  } while (BN_is_zero(r.get()) || BN_is_zero(s.get()));
  return to_der(std::move(r), std::move(s));
}

}  // namespace nethsm::simulator
