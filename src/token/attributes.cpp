// SPDX-License-Identifier: Apache-2.0
#include "token/attributes.h"

#include <algorithm>

#include "token/attribute_values.h"

namespace nethsm::token {
namespace {

#define NAMED(type) type, #type

using enum Access;
using enum Form;
using enum Given;

constexpr ClassSet kHeld = kPrivateClass | kSecretClass;  // the halves that stay in the device
constexpr ClassSet kPair = kPrivateClass | kPublicClass;
constexpr ClassSet kDescribing = kProfileClass | kMechanismClass;
constexpr ClassSet kAny = kDeviceClasses | kDescribing;

// In the order of PKCS#11 v3.2 §4: common, certificates, keys, by kind of key.
constexpr AttributeRow kRows[] = {
    {NAMED(CKA_CLASS), kAny, kNumber, kFixed, kDecides, values::object_class},
    {NAMED(CKA_TOKEN), kAny, kBoolean, kFixed, kDecides, values::is_token_object},
    {NAMED(CKA_PRIVATE), kAny, kBoolean, kFixed, kKept, values::is_private},
    {NAMED(CKA_MODIFIABLE), kDeviceClasses, kBoolean, kFixed, kKept, values::yes},
    {NAMED(CKA_MODIFIABLE), kDescribing, kBoolean, kFixed, kNever, values::no},
    // Else pkcs11-provider makes a session copy of each private key before it uses it.
    {NAMED(CKA_COPYABLE), kHeld | kDescribing, kBoolean, kFixed, kKept, values::no},
    {NAMED(CKA_COPYABLE), kPublicClass | kCertificateClass, kBoolean, kFixed, kKept, values::yes},
    {NAMED(CKA_DESTROYABLE), kDeviceClasses, kBoolean, kFixed, kKept, values::yes},
    {NAMED(CKA_DESTROYABLE), kDescribing, kBoolean, kFixed, kNever, values::no},
    {NAMED(CKA_LABEL), kDeviceClasses | kProfileClass, kText, kReadable, kFree, values::label},
    {NAMED(CKA_ID), kDeviceClasses, kBytes, kReadable, kFree, values::id},
    {NAMED(CKA_UNIQUE_ID), kAny, kBytes, kReadable, kNever, values::unique_id},
    {NAMED(CKA_PROFILE_ID), kProfileClass, kNumber, kReadable, kNever, values::absent},
    {NAMED(CKA_MECHANISM_TYPE), kMechanismClass, kNumber, kReadable, kNever, values::absent},

    {NAMED(CKA_CERTIFICATE_TYPE), kCertificateClass, kNumber, kFixed, kDecides, values::certificate_type},
    {NAMED(CKA_CERTIFICATE_CATEGORY), kCertificateClass, kNumber, kFixed, kKept, values::zero},
    {NAMED(CKA_TRUSTED), kCertificateClass | kPublicClass | kSecretClass, kBoolean, kFixed, kIgnored,
     values::no},
    // What a certificate says of itself stands in CKA_VALUE; applications send it in more than one form.
    {NAMED(CKA_SUBJECT), kCertificateClass, kBytes, kReadable, kIgnored, values::subject},
    {NAMED(CKA_ISSUER), kCertificateClass, kBytes, kReadable, kIgnored, values::issuer},
    {NAMED(CKA_SERIAL_NUMBER), kCertificateClass, kBytes, kReadable, kIgnored, values::serial_number},
    {NAMED(CKA_VALUE), kCertificateClass, kBytes, kReadable, kDecides, values::certificate},
    {NAMED(CKA_START_DATE), kCertificateClass, kDate, kReadable, kIgnored, values::start_date},
    {NAMED(CKA_END_DATE), kCertificateClass, kDate, kReadable, kIgnored, values::end_date},
    {NAMED(CKA_CHECK_VALUE), kCertificateClass, kBytes, kReadable, kIgnored, values::check_value},
    {NAMED(CKA_URL), kCertificateClass, kBytes, kFixed, kKept, values::empty},
    {NAMED(CKA_HASH_OF_SUBJECT_PUBLIC_KEY), kCertificateClass, kBytes, kFixed, kKept, values::empty},
    {NAMED(CKA_HASH_OF_ISSUER_PUBLIC_KEY), kCertificateClass, kBytes, kFixed, kKept, values::empty},
    {NAMED(CKA_NAME_HASH_ALGORITHM), kCertificateClass, kNumber, kFixed, kKept, values::sha1},
    {NAMED(CKA_JAVA_MIDP_SECURITY_DOMAIN), kCertificateClass, kNumber, kFixed, kKept, values::zero},

    {NAMED(CKA_KEY_TYPE), kKeyClasses, kNumber, kReadable, kDecides, values::key_type},
    {NAMED(CKA_START_DATE), kKeyClasses, kDate, kFixed, kFree, values::empty},
    {NAMED(CKA_END_DATE), kKeyClasses, kDate, kFixed, kFree, values::empty},
    {NAMED(CKA_SUBJECT), kPair, kBytes, kFixed, kFree, values::empty},
    {NAMED(CKA_LOCAL), kKeyClasses, kBoolean, kReadable, kNever, values::is_local},
    {NAMED(CKA_KEY_GEN_MECHANISM), kKeyClasses, kNumber, kReadable, kNever, values::generated_by},
    {NAMED(CKA_ALLOWED_MECHANISMS), kKeyClasses, kMechanisms, kReadable, kDecides,
     values::allowed_mechanisms},
    {NAMED(CKA_DERIVE), kKeyClasses, kBoolean, kFixed, kIgnored, values::no},
    {NAMED(CKA_PUBLIC_KEY_INFO), kPair | kCertificateClass, kBytes, kReadable, kIgnored,
     values::public_key_info},

    {NAMED(CKA_SENSITIVE), kHeld, kBoolean, kFixed, kIgnored, values::yes},
    {NAMED(CKA_ALWAYS_SENSITIVE), kHeld, kBoolean, kReadable, kNever, values::was_never_outside},
    {NAMED(CKA_EXTRACTABLE), kHeld, kBoolean, kFixed, kIgnored, values::no},
    {NAMED(CKA_NEVER_EXTRACTABLE), kHeld, kBoolean, kReadable, kNever, values::was_never_outside},
    {NAMED(CKA_ALWAYS_AUTHENTICATE), kHeld, kBoolean, kFixed, kDecides, values::no},
    {NAMED(CKA_WRAP_WITH_TRUSTED), kHeld, kBoolean, kFixed, kIgnored, values::no},
    {NAMED(CKA_SIGN), kHeld, kBoolean, kReadable, kDecides, values::can_sign},
    {NAMED(CKA_SIGN_RECOVER), kPrivateClass, kBoolean, kReadable, kIgnored, values::can_recover},
    {NAMED(CKA_DECRYPT), kHeld, kBoolean, kReadable, kDecides, values::can_decrypt},
    {NAMED(CKA_UNWRAP), kHeld, kBoolean, kFixed, kIgnored, values::no},
    {NAMED(CKA_VERIFY), kPublicClass | kSecretClass, kBoolean, kReadable, kDecides, values::can_verify},
    {NAMED(CKA_VERIFY_RECOVER), kPublicClass, kBoolean, kReadable, kIgnored, values::can_recover},
    {NAMED(CKA_ENCRYPT), kPublicClass, kBoolean, kReadable, kDecides, values::can_decrypt},
    {NAMED(CKA_ENCRYPT), kSecretClass, kBoolean, kReadable, kDecides, values::can_encrypt},
    {NAMED(CKA_WRAP), kPublicClass | kSecretClass, kBoolean, kFixed, kIgnored, values::no},

    // Also on private keys: many applications read the public part there.
    {NAMED(CKA_MODULUS), kPair, kBytes, kReadable, kDecides, values::modulus},
    {NAMED(CKA_MODULUS_BITS), kPair, kNumber, kReadable, kDecides, values::modulus_bits},
    {NAMED(CKA_PUBLIC_EXPONENT), kPair, kBytes, kReadable, kDecides, values::public_exponent},
    {NAMED(CKA_EC_PARAMS), kPair, kBytes, kReadable, kDecides, values::ec_params},
    {NAMED(CKA_EC_POINT), kPair, kBytes, kReadable, kDecides, values::ec_point},
    {NAMED(CKA_VALUE_LEN), kSecretClass, kNumber, kReadable, kDecides, values::value_length},

    {NAMED(CKA_VALUE), kPrivateClass, kBytes, kSensitive, kDecides, values::of_curve_key},
    {NAMED(CKA_VALUE), kSecretClass, kBytes, kSensitive, kDecides, values::of_any_key},
    {NAMED(CKA_PRIVATE_EXPONENT), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
    {NAMED(CKA_PRIME_1), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
    {NAMED(CKA_PRIME_2), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
    {NAMED(CKA_EXPONENT_1), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
    {NAMED(CKA_EXPONENT_2), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
    {NAMED(CKA_COEFFICIENT), kPrivateClass, kBytes, kSensitive, kDecides, values::of_rsa_key},
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
    {CKO_PRIVATE_KEY, kPrivateClass},     {CKO_PUBLIC_KEY, kPublicClass}, {CKO_SECRET_KEY, kSecretClass},
    {CKO_CERTIFICATE, kCertificateClass}, {CKO_PROFILE, kProfileClass},   {CKO_MECHANISM, kMechanismClass},
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

Status check_form(const AttributeRow& row, ByteView value) {
  const auto fits = [&] {
    switch (row.form) {
      case Form::kBoolean:
        return value.size() == sizeof(CK_BBOOL) && value.front() <= CK_TRUE;
      case Form::kNumber:
        return value.size() == sizeof(CK_ULONG);
      case Form::kText:
        return is_valid_utf8(value);
      case Form::kDate:
        return value.empty() || value.size() == sizeof(CK_DATE);
      case Form::kMechanisms:
        return value.size() % sizeof(CK_MECHANISM_TYPE) == 0;
      case Form::kBytes:
        break;
    }
    return true;
  };
  if (fits()) return Ok{};
  if (row.form == Form::kText) {
    return fail_loudly(CKR_ATTRIBUTE_VALUE_INVALID, std::string(row.name) + " is not UTF-8 text");
  }
  return fail(CKR_ATTRIBUTE_VALUE_INVALID, std::string(row.name) + " has not the size or form of its values");
}

std::string attribute_name(CK_ATTRIBUTE_TYPE type) {
  if (const auto* row = find_attribute(type, kAny)) return std::string(row->name);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (CK_ATTRIBUTE_TYPE rest = type; rest != 0 || digits.empty(); rest >>= 4) {
    digits.insert(digits.begin(), kDigits[rest & 0xf]);
  }
  return "attribute 0x" + digits;
}

Status check_attributes(const Template& object, ClassSet of) {
  for (const CK_ATTRIBUTE& attribute : object.attributes()) {
    const AttributeRow* row = find_attribute(attribute.type, of);
    if (row == nullptr) {
      return fail(CKR_ATTRIBUTE_TYPE_INVALID,
                  attribute_name(attribute.type) + " is not an attribute of the object");
    }
    TRY(check_form(*row, ByteView(static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen)));
    if (row->given == Given::kNever) {
      return fail(CKR_ATTRIBUTE_READ_ONLY, std::string(row->name) + " is set by the token alone");
    }
  }
  return Ok{};
}

ClassSet classes_that_can_match(const Template& wanted) {
  ClassSet classes = 0;
  for (const ClassRow& row : kClasses) {
    const bool matches = std::ranges::all_of(
        wanted.attributes(), [&](const CK_ATTRIBUTE& attribute) { return can_match(row, attribute); });
    if (matches) classes = static_cast<ClassSet>(classes | row.set);
  }
  return classes & kDeviceClasses;
}

}  // namespace nethsm::token
