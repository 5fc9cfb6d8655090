// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "crypto/der.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "token/attributes.h"
#include "token/key_facts.h"
#include "token/key_template.h"
#include "token/new_key.h"

namespace nethsm::token {
namespace {

using crypto::der::without_leading_zeros;

SecretBytes secret(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

Result<ByteView> required(const Template& key, CK_ATTRIBUTE_TYPE attribute) {
  const auto value = key.bytes(attribute);
  if (value && !value->empty()) return *value;
  return fail(CKR_TEMPLATE_INCOMPLETE, attribute_name(attribute) + " is missing");
}

Unexpected<Error> invalid(CK_ATTRIBUTE_TYPE attribute, const char* reason) {
  return fail(CKR_ATTRIBUTE_VALUE_INVALID, attribute_name(attribute) + reason);
}

Result<CK_KEY_TYPE> required_key_type(const Template& key) {
  const auto type = TRY(key.number(CKA_KEY_TYPE));
  if (type) return CK_KEY_TYPE{*type};
  return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_KEY_TYPE is missing");
}

template <class T>
Result<T> accepted(crypto::Result<T> value) {
  if (value) return std::move(*value);
  return fail(CKR_ATTRIBUTE_VALUE_INVALID, std::move(value).error().message);
}

Result<api::RsaPrivate> rsa_private(const Template& key) {
  const auto given = [&](CK_ATTRIBUTE_TYPE attribute) { return key.bytes(attribute).value_or(ByteView()); };
  const crypto::RsaComponents components{.modulus = given(CKA_MODULUS),
                                         .public_exponent = TRY(required(key, CKA_PUBLIC_EXPONENT)),
                                         .private_exponent = given(CKA_PRIVATE_EXPONENT),
                                         .prime_1 = given(CKA_PRIME_1),
                                         .prime_2 = given(CKA_PRIME_2)};
  if (components.prime_1.empty() || components.prime_2.empty()) {
    TRY(required(key, CKA_MODULUS));
    TRY(required(key, CKA_PRIVATE_EXPONENT));
  }
  auto primes = TRY(accepted(crypto::rsa_primes(components)));
  return api::RsaPrivate{std::move(primes.p), std::move(primes.q),
                         to_bytes(without_leading_zeros(components.public_exponent))};
}

// CKA_EC_POINT is an OCTET STRING with the point; some applications give the point itself.
ByteView bare_point(api::KeyType type, ByteView given) {
  if (given.size() == crypto::point_size(curve_of(type)->curve)) return given;
  return crypto::der::octet_string_content(given).value_or(given);
}

Result<api::ImportedKey> imported_curve_key(const Template& key, CK_KEY_TYPE type) {
  const bool edwards = type == CKK_EC_EDWARDS;
  api::ImportedKey imported;
  imported.type = TRY(curve_type(key.bytes(CKA_EC_PARAMS), edwards));
  const ByteView value = TRY(required(key, CKA_VALUE));
  imported.private_part = TRY(accepted(edwards ? crypto::ed25519_seed(value)
                                               : crypto::ec_scalar(curve_of(imported.type)->curve, value)));
  return imported;
}

bool is_aes_size(std::size_t bytes) { return bytes == 16 || bytes == 24 || bytes == 32; }

}  // namespace

Result<api::ImportedKey> imported_private_key(const Template& key) {
  TRY(check_key_template(key, CKO_PRIVATE_KEY));
  const CK_KEY_TYPE type = TRY(required_key_type(key));
  api::ImportedKey imported;
  if (type == CKK_RSA) {
    imported.type = api::KeyType::kRsa;
    imported.private_part = TRY(rsa_private(key));
  } else if (type == CKK_EC || type == CKK_EC_EDWARDS) {
    imported = TRY(imported_curve_key(key, type));
  } else {
    return invalid(CKA_KEY_TYPE, ": the NetHSM has RSA, EC and Ed25519 private keys only");
  }
  imported.mechanisms = TRY(mechanisms_for(imported.type, key));
  return imported;
}

Result<api::ImportedKey> imported_secret_key(const Template& key) {
  TRY(check_key_template(key, CKO_SECRET_KEY));
  const CK_KEY_TYPE type = TRY(required_key_type(key));
  if (type != CKK_AES && type != CKK_GENERIC_SECRET) {
    return invalid(CKA_KEY_TYPE, ": the NetHSM has AES and generic secret keys only");
  }
  const ByteView value = TRY(required(key, CKA_VALUE));
  if (type == CKK_AES && !is_aes_size(value.size()))
    return invalid(CKA_VALUE, ": AES keys have 16, 24 or 32 bytes");
  api::ImportedKey imported;
  imported.type = api::KeyType::kGeneric;
  imported.private_part = secret(value);
  // A generic secret is nothing but stored, unless its length makes it an AES key.
  if (is_aes_size(value.size())) {
    imported.mechanisms = TRY(mechanisms_for(imported.type, key));
  } else if (TRY(key.boolean(CKA_ENCRYPT)).value_or(false) || TRY(key.boolean(CKA_DECRYPT)).value_or(false)) {
    return fail(CKR_TEMPLATE_INCONSISTENT, "keys that encrypt or decrypt have 16, 24 or 32 bytes");
  }
  return imported;
}

Result<api::Key> public_key_from(const Template& key) {
  const CK_KEY_TYPE type = TRY(required_key_type(key));
  api::Key result;
  if (type == CKK_RSA) {
    result.type = api::KeyType::kRsa;
    const ByteView modulus = TRY(required(key, CKA_MODULUS));
    const ByteView exponent = TRY(required(key, CKA_PUBLIC_EXPONENT));
    result.public_part =
        api::RsaPublic{to_bytes(without_leading_zeros(modulus)), to_bytes(without_leading_zeros(exponent))};
  } else if (type == CKK_EC || type == CKK_EC_EDWARDS) {
    result.type = TRY(curve_type(key.bytes(CKA_EC_PARAMS), type == CKK_EC_EDWARDS));
    result.public_part = to_bytes(bare_point(result.type, TRY(required(key, CKA_EC_POINT))));
  } else {
    return invalid(CKA_KEY_TYPE, ": the NetHSM has RSA, EC and Ed25519 keys only");
  }
  TRY(accepted(crypto::parse_public_key_info(public_key_info(result))));
  const auto bits = TRY(key.number(CKA_MODULUS_BITS));
  if (bits && *bits != modulus_bits(result)) {
    return fail(CKR_TEMPLATE_INCONSISTENT, "CKA_MODULUS_BITS and CKA_MODULUS contradict each other");
  }
  return result;
}

}  // namespace nethsm::token
