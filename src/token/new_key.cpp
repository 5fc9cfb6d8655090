// SPDX-License-Identifier: Apache-2.0
#include "token/new_key.h"

#include <algorithm>

#include "crypto/der.h"
#include "token/attributes.h"
#include "token/key_template.h"

namespace nethsm::token {
namespace {

constexpr std::uint8_t kPublicExponent[] = {1, 0, 1};  // of every RSA key that the device generates

Unexpected<Error> missing(CK_ATTRIBUTE_TYPE attribute) {
  return fail(CKR_TEMPLATE_INCOMPLETE, attribute_name(attribute) + " is missing");
}

// From the public template, where it belongs, or from the private one.
std::optional<ByteView> of_pair(CK_ATTRIBUTE_TYPE attribute, const Template& public_key,
                                const Template& private_key) {
  const auto value = public_key.bytes(attribute);
  return value ? value : private_key.bytes(attribute);
}

// What the device makes up cannot be given.
Status check_no_material(const Template& key) {
  for (const CK_ATTRIBUTE_TYPE part :
       {CKA_VALUE, CKA_MODULUS, CKA_EC_POINT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1,
        CKA_EXPONENT_2, CKA_COEFFICIENT}) {
    if (key.bytes(part)) {
      return fail(CKR_TEMPLATE_INCONSISTENT,
                  attribute_name(part) + " of a new key is for the NetHSM to make");
    }
  }
  return Ok{};
}

Status check_size(CK_ULONG bits, CK_ULONG least, CK_ULONG most) {
  if (bits >= least && bits <= most) return Ok{};
  return fail(CKR_ATTRIBUTE_VALUE_INVALID,
              "the NetHSM does not make keys of " + std::to_string(bits) + " bits");
}

Result<std::size_t> modulus_bits(const MechanismRow& generation, const Template& public_key,
                                 const Template& private_key) {
  auto bits = TRY(public_key.number(CKA_MODULUS_BITS));
  if (!bits) bits = TRY(private_key.number(CKA_MODULUS_BITS));
  if (!bits) return missing(CKA_MODULUS_BITS);
  TRY(check_size(*bits, generation.min_key_size, generation.max_key_size));
  return std::size_t{*bits};
}

Status check_public_exponent(std::optional<ByteView> exponent) {
  if (!exponent) return Ok{};
  // PowerDNS sends 00 01 00 01.
  if (std::ranges::equal(crypto::der::without_leading_zeros(*exponent), kPublicExponent)) return Ok{};
  return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_PUBLIC_EXPONENT: the NetHSM makes RSA keys with 65537 only");
}

// CKA_VALUE_LEN counts bytes; the usual numbers of bits cannot be meant otherwise. The device would make
// generic secrets of other lengths, and then refuse every use of them.
Result<std::size_t> secret_bits(const Template& secret) {
  const auto length = TRY(secret.number(CKA_VALUE_LEN));
  if (!length) return missing(CKA_VALUE_LEN);
  for (const CK_ULONG bytes : {16UL, 24UL, 32UL}) {
    if (*length == bytes || *length == 8 * bytes) return 8 * bytes;
  }
  return fail_loudly(CKR_ATTRIBUTE_VALUE_INVALID,
                     "CKA_VALUE_LEN: the NetHSM uses secret keys as AES keys only, of 16, 24 or 32 bytes");
}

}  // namespace

Result<api::NewKey> new_secret_key(const MechanismRow& generation, const Template& secret) {
  TRY(check_key_template(secret, CKO_SECRET_KEY));
  TRY(check_key_type(secret, key_type_of(generation.family)));
  TRY(check_no_material(secret));
  api::NewKey key;
  key.type = api::KeyType::kGeneric;
  key.length = TRY(secret_bits(secret));
  key.mechanisms = TRY(mechanisms_for(key.type, secret));
  return key;
}

Result<api::NewKey> new_key_pair(const MechanismRow& generation, const Template& public_key,
                                 const Template& private_key) {
  TRY(check_key_template(public_key, CKO_PUBLIC_KEY));
  TRY(check_key_template(private_key, CKO_PRIVATE_KEY));
  for (const Template* half : {&public_key, &private_key}) {
    TRY(check_key_type(*half, key_type_of(generation.family)));
    TRY(check_no_material(*half));
  }
  if (TRY(is_session_key(private_key)) && !TRY(is_session_key(public_key))) {
    return fail(CKR_TEMPLATE_INCONSISTENT,
                "the public key is to stay on the NetHSM and the private one is not: it keeps pairs only");
  }
  api::NewKey key;
  if (generation.family == KeyFamily::kRsa) {
    key.type = api::KeyType::kRsa;
    key.length = TRY(modulus_bits(generation, public_key, private_key));
    TRY(check_public_exponent(of_pair(CKA_PUBLIC_EXPONENT, public_key, private_key)));
  } else {
    key.type = TRY(curve_type(of_pair(CKA_EC_PARAMS, public_key, private_key),
                              generation.family == KeyFamily::kEdwards));
  }
  key.mechanisms = TRY(mechanisms_for(key.type, private_key));
  return key;
}

}  // namespace nethsm::token
