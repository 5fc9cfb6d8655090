// SPDX-License-Identifier: Apache-2.0
#include "crypto/openssl_key.h"

#include <openssl/core_names.h>

#include "crypto/context.h"

namespace nethsm::crypto {
namespace {

// OpenSSL's own limit for verification, OPENSSL_RSA_MAX_MODULUS_BITS, and the size beyond which it bounds the
// exponent.
constexpr int kMaxModulusBits = 16384;
constexpr int kMaxExponentBits = 64;

Result<Key> from_parameters(const char* type, const ParametersBuilder& builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(library_context(), type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return openssl_failure("unusable public key");
  }
  return Key(key);
}

}  // namespace

Result<Key> openssl_key(const RsaPublicKey& key) {
  const BigNumber n = big_number(key.modulus);
  const BigNumber e = big_number(key.public_exponent);
  if (!n || !e) return openssl_failure("cannot take over an RSA public key");
  if (!BN_is_odd(n.get()) || BN_num_bits(n.get()) > kMaxModulusBits || !BN_is_odd(e.get()) ||
      BN_is_one(e.get()) || BN_num_bits(e.get()) > kMaxExponentBits) {
    return fail("the modulus or the exponent is not that of an RSA key");
  }
  const ParametersBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return openssl_failure("cannot take over an RSA public key");
  }
  return from_parameters("RSA", builder);
}

Result<Key> openssl_key(const EcPublicKey& key) {
  const CurveRow& row = curve_row(key.curve);
  if (key.point.size() != point_size(key.curve)) return fail("the point has not the length of its curve");
  if (key.curve == Curve::kEd25519) {
    Key made(EVP_PKEY_new_raw_public_key_ex(library_context(), row.name, nullptr, key.point.data(),
                                            key.point.size()));
    if (!made) return openssl_failure("unusable Ed25519 public key");
    return made;
  }
  const ParametersBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, row.name, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, key.point.data(),
                                       key.point.size()) != 1) {
    return openssl_failure("cannot take over an EC public key");
  }
  return from_parameters("EC", builder);
}

Result<KeyContext> context_for(const Key& key) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(library_context(), key.get(), nullptr));
  if (!context) return openssl_failure("cannot use a public key");
  return context;
}

}  // namespace nethsm::crypto
