// SPDX-License-Identifier: Apache-2.0
#include "token/attribute_values.h"

#include "crypto/der.h"
#include "crypto/digest.h"
#include "token/key_facts.h"
#include "token/key_id.h"
#include "token/mechanisms.h"

namespace nethsm::token::values {
namespace {

Value boolean(bool value) { return native_bytes<CK_BBOOL>(value ? CK_TRUE : CK_FALSE); }
Value number(CK_ULONG value) { return native_bytes(value); }

Value date(const std::optional<crypto::Date>& day) {
  if (!day) return std::nullopt;
  const auto digits = crypto::to_digits(*day);
  return Bytes(digits.begin(), digits.end());
}

const api::Key* key_of(const Object& object) { return object.record ? &object.record->key : nullptr; }

// A part of the public key that the device did not send is absent, never empty.
Value unless_empty(const Bytes& bytes) { return bytes.empty() ? std::nullopt : Value(bytes); }

const api::RsaPublic* rsa_of(const Object& object) {
  const auto* key = key_of(object);
  return key != nullptr ? std::get_if<api::RsaPublic>(&key->public_part) : nullptr;
}
const CurveFacts* curve_of(const Object& object) {
  const auto* key = key_of(object);
  return key != nullptr ? token::curve_of(key->type) : nullptr;
}

// True if the module offers a mechanism of the kind that the key has, and its template did not refuse the
// use.
Value has_any(const Object& object, api::Mechanisms MechanismRow::*kind, CK_FLAGS use) {
  const auto* key = key_of(object);
  if (key == nullptr) return std::nullopt;
  if ((object.record->refused_uses & use) != 0) return boolean(false);
  for (const MechanismRow& row : mechanism_rows()) {
    if (!(row.*kind & key->mechanisms).empty() && row.family == family_of(*key)) return boolean(true);
  }
  return boolean(false);
}

}  // namespace

Value yes(const Object&) { return boolean(true); }
Value no(const Object&) { return boolean(false); }
Value zero(const Object&) { return number(0); }
Value empty(const Object&) { return Bytes(); }
Value absent(const Object&) { return std::nullopt; }

Value object_class(const Object& object) { return number(object.object_class); }
Value is_token_object(const Object& object) { return boolean(!object.owner); }
Value is_private(const Object& object) {
  return boolean(object.object_class == CKO_PRIVATE_KEY || object.object_class == CKO_SECRET_KEY);
}

Value label(const Object& object) {
  const auto* key = key_of(object);
  if (key == nullptr) return std::nullopt;
  if (!key->label.empty()) return to_bytes(key->label);
  Bytes named_by = to_cka_id(key->id);
  if (!is_valid_utf8(named_by)) return to_bytes(key->id);  // a label is text
  return named_by;
}
Value id(const Object& object) {
  const auto* key = key_of(object);
  return key != nullptr ? Value(to_cka_id(key->id)) : std::nullopt;
}
Value unique_id(const Object& object) {
  // As long as the object lives, and unlike any id of a key.
  if (object.own) return to_bytes(":" + std::to_string(object.handle));
  const auto* key = key_of(object);
  return key != nullptr ? Value(token::unique_id(key->id, object.object_class)) : std::nullopt;
}

Value certificate_type(const Object&) { return number(CKC_X_509); }
Value subject(const Object& object) {
  return object.certificate ? Value(object.certificate->subject()) : std::nullopt;
}
Value issuer(const Object& object) {
  return object.certificate ? Value(object.certificate->issuer()) : std::nullopt;
}
Value serial_number(const Object& object) {
  return object.certificate ? Value(object.certificate->serial_number()) : std::nullopt;
}
Value certificate(const Object& object) {
  return object.certificate ? Value(object.certificate->der()) : std::nullopt;
}

Value start_date(const Object& object) {
  return object.certificate ? date(object.certificate->not_before()) : std::nullopt;
}
Value end_date(const Object& object) {
  return object.certificate ? date(object.certificate->not_after()) : std::nullopt;
}

// The first bytes of the SHA-1 of the certificate (PKCS#11 v3.2 §4.6.2).
Value check_value(const Object& object) {
  if (!object.certificate) return std::nullopt;
  auto digest = crypto::digest(crypto::DigestAlgorithm::kSha1, object.certificate->der());
  if (!digest) return std::nullopt;
  digest->resize(3);
  return std::move(*digest);
}
Value sha1(const Object&) { return number(CKM_SHA_1); }

Value key_type(const Object& object) {
  const auto* key = key_of(object);
  return key != nullptr ? number(key_type_of(family_of(*key))) : std::nullopt;
}

// "CK_TRUE only if" C_GenerateKey or C_GenerateKeyPair made it: of others nobody can say so.
Value is_local(const Object& object) {
  if (!object.record) return std::nullopt;
  return boolean(object.record->origin == KeyRecord::Origin::kGenerated);
}

// Left out when unknown: CK_UNAVAILABLE_INFORMATION as a mechanism makes some applications fail. The standard
// demands just that of imported keys.
Value generated_by(const Object& object) {
  if (!object.record || object.record->origin == KeyRecord::Origin::kUnknown) return std::nullopt;
  return number(object.record->generated_by);
}

Value was_never_outside(const Object& object) {
  if (!object.record) return std::nullopt;
  return boolean(object.record->origin != KeyRecord::Origin::kImported);
}

Value allowed_mechanisms(const Object& object) {
  const auto* key = key_of(object);
  if (key == nullptr) return std::nullopt;
  const auto list = token::allowed_mechanisms(*key);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(list.data());
  return Bytes(bytes, bytes + list.size() * sizeof(CK_MECHANISM_TYPE));
}

Value public_key_info(const Object& object) {
  if (object.certificate) return object.certificate->public_key_info();
  const auto* key = key_of(object);
  return key != nullptr ? unless_empty(token::public_key_info(*key)) : std::nullopt;
}

Value can_sign(const Object& object) { return has_any(object, &MechanismRow::sign, CKF_SIGN); }
Value can_verify(const Object& object) { return has_any(object, &MechanismRow::sign, CKF_VERIFY); }
Value can_recover(const Object& object) {
  const auto* key = key_of(object);
  if (key == nullptr) return std::nullopt;
  for (const MechanismRow& row : mechanism_rows()) {
    const bool recovers = (row.flags & CKF_SIGN_RECOVER) != 0 && row.family == family_of(*key);
    if (recovers && !((row.sign | row.stand_in) & key->mechanisms).empty()) return boolean(true);
  }
  return boolean(false);
}
Value can_decrypt(const Object& object) { return has_any(object, &MechanismRow::decrypt, CKF_DECRYPT); }
Value can_encrypt(const Object& object) { return has_any(object, &MechanismRow::encrypt, CKF_ENCRYPT); }

Value modulus(const Object& object) {
  const auto* rsa = rsa_of(object);
  return rsa != nullptr ? unless_empty(rsa->modulus) : std::nullopt;
}
Value public_exponent(const Object& object) {
  const auto* rsa = rsa_of(object);
  return rsa != nullptr ? unless_empty(rsa->public_exponent) : std::nullopt;
}
Value modulus_bits(const Object& object) {
  const auto* key = key_of(object);
  const std::size_t bits = key != nullptr ? token::modulus_bits(*key) : 0;
  return bits != 0 ? number(bits) : std::nullopt;
}

Value ec_params(const Object& object) {
  const auto* curve = curve_of(object);
  return curve != nullptr ? Value(crypto::ec_params(curve->curve)) : std::nullopt;
}
Value ec_point(const Object& object) {
  if (curve_of(object) == nullptr) return std::nullopt;
  const auto* point = std::get_if<Bytes>(&object.record->key.public_part);
  if (point == nullptr || point->empty()) return std::nullopt;
  return crypto::der::octet_string(*point);
}

Value value_length(const Object& object) {
  if (!object.record || !object.record->secret_length) return std::nullopt;
  return number(*object.record->secret_length);
}

Value of_any_key(const Object&) { return Bytes(); }
Value of_rsa_key(const Object& object) { return rsa_of(object) != nullptr ? Value(Bytes()) : std::nullopt; }
Value of_curve_key(const Object& object) {
  return curve_of(object) != nullptr ? Value(Bytes()) : std::nullopt;
}

}  // namespace nethsm::token::values
