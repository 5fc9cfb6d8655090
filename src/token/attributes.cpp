// SPDX-License-Identifier: Apache-2.0
#include "token/attributes.h"

#include <algorithm>

#include "token/attribute_values.h"

namespace nethsm::token {
namespace {

#define NAMED(type) type, #type

constexpr auto kReadable = Access::kReadable;
constexpr auto kFixed = Access::kFixed;
constexpr auto kSensitive = Access::kSensitive;

constexpr ClassSet kHeld = kPrivateClass | kSecretClass;  // the halves that stay in the device
constexpr ClassSet kPair = kPrivateClass | kPublicClass;

// In the order of PKCS#11 v3.2 §4: common, certificates, keys, by kind of key.
constexpr AttributeRow kRows[] = {
    {NAMED(CKA_CLASS), kAllClasses, kFixed, values::object_class},
    {NAMED(CKA_TOKEN), kAllClasses, kFixed, values::is_token_object},
    {NAMED(CKA_PRIVATE), kAllClasses, kFixed, values::is_private},
    {NAMED(CKA_MODIFIABLE), kAllClasses, kFixed, values::yes},
    // Else pkcs11-provider makes a session copy of each key before it uses it.
    {NAMED(CKA_COPYABLE), kAllClasses, kFixed, values::no},
    {NAMED(CKA_DESTROYABLE), kAllClasses, kFixed, values::yes},
    {NAMED(CKA_LABEL), kAllClasses, kReadable, values::label},
    {NAMED(CKA_ID), kAllClasses, kReadable, values::id},
    {NAMED(CKA_UNIQUE_ID), kAllClasses, kReadable, values::unique_id},

    {NAMED(CKA_CERTIFICATE_TYPE), kCertificateClass, kFixed, values::certificate_type},
    {NAMED(CKA_CERTIFICATE_CATEGORY), kCertificateClass, kFixed, values::certificate_category},
    {NAMED(CKA_TRUSTED), kCertificateClass | kPublicClass | kSecretClass, kFixed, values::no},
    {NAMED(CKA_SUBJECT), kCertificateClass, kReadable, values::subject},
    {NAMED(CKA_ISSUER), kCertificateClass, kReadable, values::issuer},
    {NAMED(CKA_SERIAL_NUMBER), kCertificateClass, kReadable, values::serial_number},
    {NAMED(CKA_VALUE), kCertificateClass, kReadable, values::certificate},
    {NAMED(CKA_START_DATE), kCertificateClass, kReadable, values::start_date},
    {NAMED(CKA_END_DATE), kCertificateClass, kReadable, values::end_date},

    {NAMED(CKA_KEY_TYPE), kKeyClasses, kReadable, values::key_type},
    {NAMED(CKA_LOCAL), kKeyClasses, kReadable, values::is_local},
    {NAMED(CKA_KEY_GEN_MECHANISM), kKeyClasses, kReadable, values::generated_by},
    {NAMED(CKA_ALLOWED_MECHANISMS), kKeyClasses, kReadable, values::allowed_mechanisms},
    {NAMED(CKA_DERIVE), kKeyClasses, kFixed, values::no},
    {NAMED(CKA_PUBLIC_KEY_INFO), kPair | kCertificateClass, kReadable, values::public_key_info},

    {NAMED(CKA_SENSITIVE), kHeld, kFixed, values::yes},
    {NAMED(CKA_ALWAYS_SENSITIVE), kHeld, kReadable, values::was_never_outside},
    {NAMED(CKA_EXTRACTABLE), kHeld, kFixed, values::no},
    {NAMED(CKA_NEVER_EXTRACTABLE), kHeld, kReadable, values::was_never_outside},
    {NAMED(CKA_ALWAYS_AUTHENTICATE), kHeld, kFixed, values::no},
    {NAMED(CKA_WRAP_WITH_TRUSTED), kHeld, kFixed, values::no},
    {NAMED(CKA_SIGN), kPrivateClass, kReadable, values::can_sign},
    {NAMED(CKA_SIGN), kSecretClass, kFixed, values::no},
    {NAMED(CKA_SIGN_RECOVER), kPrivateClass, kFixed, values::no},
    {NAMED(CKA_DECRYPT), kHeld, kReadable, values::can_decrypt},
    {NAMED(CKA_UNWRAP), kHeld, kFixed, values::no},
    {NAMED(CKA_VERIFY), kPublicClass, kReadable, values::can_sign},
    {NAMED(CKA_VERIFY), kSecretClass, kFixed, values::no},
    {NAMED(CKA_VERIFY_RECOVER), kPublicClass, kFixed, values::no},
    {NAMED(CKA_ENCRYPT), kPublicClass, kReadable, values::can_decrypt},
    {NAMED(CKA_ENCRYPT), kSecretClass, kReadable, values::can_encrypt},
    {NAMED(CKA_WRAP), kPublicClass | kSecretClass, kFixed, values::no},

    // Also on private keys: many applications read the public part there.
    {NAMED(CKA_MODULUS), kPair, kReadable, values::modulus},
    {NAMED(CKA_MODULUS_BITS), kPair, kReadable, values::modulus_bits},
    {NAMED(CKA_PUBLIC_EXPONENT), kPair, kReadable, values::public_exponent},
    {NAMED(CKA_EC_PARAMS), kPair, kReadable, values::ec_params},
    {NAMED(CKA_EC_POINT), kPair, kReadable, values::ec_point},
    {NAMED(CKA_VALUE_LEN), kSecretClass, kReadable, values::value_length},

    {NAMED(CKA_VALUE), kPrivateClass, kSensitive, values::of_curve_key},
    {NAMED(CKA_VALUE), kSecretClass, kSensitive, values::of_any_key},
    {NAMED(CKA_PRIVATE_EXPONENT), kPrivateClass, kSensitive, values::of_rsa_key},
    {NAMED(CKA_PRIME_1), kPrivateClass, kSensitive, values::of_rsa_key},
    {NAMED(CKA_PRIME_2), kPrivateClass, kSensitive, values::of_rsa_key},
    {NAMED(CKA_EXPONENT_1), kPrivateClass, kSensitive, values::of_rsa_key},
    {NAMED(CKA_EXPONENT_2), kPrivateClass, kSensitive, values::of_rsa_key},
    {NAMED(CKA_COEFFICIENT), kPrivateClass, kSensitive, values::of_rsa_key},
};

#undef NAMED

constexpr bool each_class_has_an_attribute_once() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (kRows[i].type == kRows[j].type && (kRows[i].classes & kRows[j].classes) != 0) return false;
    }
  }
  return true;
}
static_assert(each_class_has_an_attribute_once());

struct ClassRow {
  CK_OBJECT_CLASS object_class;
  ClassSet set;
};
constexpr ClassRow kClasses[] = {
    {CKO_PRIVATE_KEY, kPrivateClass},
    {CKO_PUBLIC_KEY, kPublicClass},
    {CKO_SECRET_KEY, kSecretClass},
    {CKO_CERTIFICATE, kCertificateClass},
};

bool can_match(const ClassRow& row, const CK_ATTRIBUTE& wanted) {
  const AttributeRow* attribute = find_attribute(wanted.type, row.set);
  if (attribute == nullptr || attribute->access == Access::kSensitive) return false;
  if (attribute->access != Access::kFixed) return true;
  Object any;
  any.object_class = row.object_class;
  const auto value = attribute->value(any);
  const ByteView expected(static_cast<const std::uint8_t*>(wanted.pValue), wanted.ulValueLen);
  return value && std::ranges::equal(*value, expected);
}

}  // namespace

ClassSet class_set_of(CK_OBJECT_CLASS object_class) {
  const auto* row = std::ranges::find(kClasses, object_class, &ClassRow::object_class);
  return row != std::end(kClasses) ? row->set : ClassSet{0};
}

std::span<const AttributeRow> attribute_rows() { return kRows; }

const AttributeRow* find_attribute(CK_ATTRIBUTE_TYPE type, ClassSet of) {
  const auto* row = std::ranges::find_if(
      kRows, [&](const AttributeRow& each) { return each.type == type && (each.classes & of) != 0; });
  return row != std::end(kRows) ? row : nullptr;
}

std::string attribute_name(CK_ATTRIBUTE_TYPE type) {
  if (const auto* row = find_attribute(type, kAllClasses)) return std::string(row->name);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (CK_ATTRIBUTE_TYPE rest = type; rest != 0 || digits.empty(); rest >>= 4) {
    digits.insert(digits.begin(), kDigits[rest & 0xf]);
  }
  return "attribute 0x" + digits;
}

ClassSet classes_that_can_match(const Template& wanted) {
  ClassSet classes = 0;
  for (const ClassRow& row : kClasses) {
    const bool matches = std::ranges::all_of(
        wanted.attributes(), [&](const CK_ATTRIBUTE& attribute) { return can_match(row, attribute); });
    if (matches) classes = static_cast<ClassSet>(classes | row.set);
  }
  return classes;
}

}  // namespace nethsm::token
