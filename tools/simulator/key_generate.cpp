// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "simulator/key_material.h"

namespace nethsm::simulator {
namespace {

Bytes random_bytes(std::size_t count) {
  Bytes data(count);
  require(RAND_bytes(data.data(), static_cast<int>(count)) == 1, "RAND_bytes");
  return data;
}

Bytes number_of(EVP_PKEY* pkey, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(pkey, name, &number) == 1, name);
  return to_bytes(BnPtr(number).get());
}

PrivateKeyValues generate_rsa(std::size_t bits) {
  EvpPkeyPtr pkey(EVP_RSA_gen(bits));
  require(pkey != nullptr, "EVP_RSA_gen");
  PrivateKeyValues values;
  values.prime_p = number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_FACTOR1);
  values.prime_q = number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_FACTOR2);
  values.public_exponent = number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_E);
  return values;
}

Bytes generate_scalar(const KeyTypeRow& row) {
  EcGroupPtr group(EC_GROUP_new_by_curve_name(row.curve));
  BnPtr scalar(BN_new());
  do {
    require(group && BN_priv_rand_range(scalar.get(), EC_GROUP_get0_order(group.get())) == 1, "EC scalar");
  } while (BN_is_zero(scalar.get()));
  return to_bytes(scalar.get(), row.field_bytes);
}

}  // namespace

KeyMaterialPtr generate_key(KeyType type, std::size_t bits) {
  PrivateKeyValues values;
  if (type == KeyType::kRsa) {
    values = generate_rsa(bits);
  } else if (type == KeyType::kCurve25519) {
    values.data = random_bytes(32);
  } else if (type == KeyType::kGeneric) {
    values.data = random_bytes((bits + 7) / 8);
  } else {
    values.data = generate_scalar(key_type_row(type));
  }
  values.type = type;
  return KeyMaterial::load_values(std::move(values));
}

}  // namespace nethsm::simulator
