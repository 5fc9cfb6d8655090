// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_material.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

namespace nethsm::simulator {
namespace {

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<&OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslFree<&OSSL_PARAM_free>>;

// The genuine server refuses smaller moduli, whatever their use.
constexpr int kMinModulusBits = 89;
constexpr std::size_t kSeedBytes = 32;

EvpPkeyPtr keypair_from(const char* algorithm, OSSL_PARAM_BLD* builder) {
  ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* pkey = nullptr;
  require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
              EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_KEYPAIR, params.get()) == 1,
          "EVP_PKEY_fromdata");
  return EvpPkeyPtr(pkey);
}

bool is_prime(const BIGNUM* number, BN_CTX* context) { return BN_check_prime(number, context, nullptr) == 1; }

bool coprime_to_predecessor(const BIGNUM* e, const BIGNUM* prime, BN_CTX* context) {
  BnPtr predecessor(BN_dup(prime));
  BnPtr divisor(BN_new());
  require(BN_sub_word(predecessor.get(), 1) == 1 && BN_gcd(divisor.get(), e, predecessor.get(), context) == 1,
          "BN_gcd");
  return BN_is_one(divisor.get());
}

struct RsaNumbers {
  BnPtr p, q, e, n{BN_new()}, d{BN_new()}, dp{BN_new()}, dq{BN_new()}, q_inverse{BN_new()};
};

void check_primes(const RsaNumbers& rsa, BN_CTX* context) {
  if (!BN_is_odd(rsa.p.get()) || !is_prime(rsa.p.get(), context)) throw KeyRefused("invalid prime p");
  if (!BN_is_odd(rsa.q.get()) || !is_prime(rsa.q.get(), context)) throw KeyRefused("invalid prime q");
  if (BN_cmp(rsa.p.get(), rsa.q.get()) == 0) throw KeyRefused("p and q are the same prime");
  if (!coprime_to_predecessor(rsa.e.get(), rsa.p.get(), context) ||
      !coprime_to_predecessor(rsa.e.get(), rsa.q.get(), context)) {
    throw KeyRefused("e is not coprime of p and q");
  }
  if (!is_prime(rsa.e.get(), context)) throw KeyRefused("exponent e is not a pseudoprime");
}

// d = 1/e modulo lcm(p-1, q-1), and the numbers that the Chinese remainder theorem wants.
void complete(RsaNumbers& rsa, BN_CTX* context) {
  BnPtr p1(BN_dup(rsa.p.get())), q1(BN_dup(rsa.q.get())), gcd(BN_new()), lcm(BN_new());
  require(BN_sub_word(p1.get(), 1) && BN_sub_word(q1.get(), 1) &&
              BN_mul(rsa.n.get(), rsa.p.get(), rsa.q.get(), context) &&
              BN_gcd(gcd.get(), p1.get(), q1.get(), context) &&
              BN_mul(lcm.get(), p1.get(), q1.get(), context) &&
              BN_div(lcm.get(), nullptr, lcm.get(), gcd.get(), context) &&
              BN_mod_inverse(rsa.d.get(), rsa.e.get(), lcm.get(), context) &&
              BN_mod(rsa.dp.get(), rsa.d.get(), p1.get(), context) &&
              BN_mod(rsa.dq.get(), rsa.d.get(), q1.get(), context) &&
              BN_mod_inverse(rsa.q_inverse.get(), rsa.q.get(), rsa.p.get(), context),
          "RSA numbers");
  if (BN_num_bits(rsa.n.get()) < kMinModulusBits) throw KeyRefused("invalid modulus");
}

EvpPkeyPtr rsa_pkey(const RsaNumbers& rsa) {
  ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, rsa.n.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, rsa.e.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, rsa.d.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR1, rsa.p.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR2, rsa.q.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1, rsa.dp.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2, rsa.dq.get()) &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1, rsa.q_inverse.get()),
          "RSA parameters");
  return keypair_from("RSA", builder.get());
}

std::string public_data_json(std::span<const std::uint8_t> data) {
  return R"({"data":")" + base64_encode(data) + "\"}";
}

}  // namespace

KeyMaterialPtr KeyMaterial::import_values(PrivateKeyValues values) {
  return create(std::move(values), Trust::kCheck);
}

KeyMaterialPtr KeyMaterial::load_values(PrivateKeyValues values) {
  return create(std::move(values), Trust::kTrusted);
}

KeyMaterialPtr KeyMaterial::create(PrivateKeyValues values, Trust trust) {
  if (values.type == KeyType::kEcP224) throw KeyRefused("P224 is unsupported");
  std::shared_ptr<KeyMaterial> key(new KeyMaterial(std::move(values)));
  if (key->type() == KeyType::kRsa) key->prepare_rsa(trust);
  if (key->type() == KeyType::kCurve25519) key->prepare_curve25519();
  if (is_weierstrass(key->type())) key->prepare_weierstrass();
  return key;
}

void KeyMaterial::prepare_rsa(Trust trust) {
  BnCtxPtr context(BN_CTX_secure_new());
  RsaNumbers rsa;
  rsa.p = to_bn(values_.prime_p);
  rsa.q = to_bn(values_.prime_q);
  rsa.e = to_bn(values_.public_exponent);
  if (trust == Trust::kCheck) check_primes(rsa, context.get());
  complete(rsa, context.get());
  pkey_ = rsa_pkey(rsa);
  public_json_ = R"({"modulus":")" + base64_encode(to_bytes(rsa.n.get())) + R"(","publicExponent":")" +
                 base64_encode(to_bytes(rsa.e.get())) + "\"}";
  modulus_ = std::move(rsa.n);
}

void KeyMaterial::prepare_weierstrass() {
  const KeyTypeRow& row = key_type_row(type());
  if (values_.data.size() != row.field_bytes) throw KeyRefused("Cannot parse point: invalid length");
  EcGroupPtr group(EC_GROUP_new_by_curve_name(row.curve));
  require(group != nullptr, "EC_GROUP_new_by_curve_name");
  const BnPtr scalar = to_bn(values_.data);
  if (BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    throw KeyRefused("Cannot parse point: invalid range");
  }
  EcPointPtr point(EC_POINT_new(group.get()));
  Bytes encoded(1 + 2 * row.field_bytes);
  require(EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1 &&
              EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                 encoded.size(), nullptr) == encoded.size(),
          "EC public point");
  ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  require(
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, OBJ_nid2sn(row.curve), 0) &&
          OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(),
                                           encoded.size()) &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()),
      "EC parameters");
  pkey_ = keypair_from("EC", builder.get());
  public_json_ = public_data_json(encoded);
}

void KeyMaterial::prepare_curve25519() {
  if (values_.data.size() != kSeedBytes) throw KeyRefused("Cannot parse point: invalid length");
  pkey_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, values_.data.data(), kSeedBytes));
  Bytes encoded(kSeedBytes);
  std::size_t size = encoded.size();
  require(pkey_ && EVP_PKEY_get_raw_public_key(pkey_.get(), encoded.data(), &size) == 1, "Ed25519 key");
  public_json_ = public_data_json(encoded);
}

std::string KeyMaterial::public_pem() const {
  if (!pkey_) throw KeyRefused("Generic keys have no public key");
  BioPtr memory(BIO_new(BIO_s_mem()));
  require(memory && PEM_write_bio_PUBKEY(memory.get(), pkey_.get()) == 1, "PEM_write_bio_PUBKEY");
  return memory_text(memory.get());
}

}  // namespace nethsm::simulator
