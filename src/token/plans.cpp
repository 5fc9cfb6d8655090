// SPDX-License-Identifier: Apache-2.0
#include "token/plans.h"

#include <algorithm>

#include "crypto/curves.h"
#include "crypto/digest_info.h"
#include "crypto/public_operations.h"
#include "token/key_facts.h"
#include "token/plan_parameters.h"

namespace nethsm::token {
namespace {

constexpr std::size_t kPkcs1Overhead = 11;  // RFC 8017 §7.2.1, §9.2
constexpr std::size_t kEd25519Signature = 64, kBip340Signature = 64;
constexpr CK_FLAGS kPublicUses = CKF_VERIFY | CKF_VERIFY_RECOVER | CKF_ENCRYPT;

std::string lacks(const Object& key, api::Mechanism mode) {
  return "the key \"" + key.record->key.id + "\" does not have the NetHSM mechanism " +
         std::string(api::to_string(mode));
}

api::Mechanisms modes_for(CK_FLAGS use, const MechanismRow& row) {
  if (use == CKF_DECRYPT) return row.decrypt | row.stand_in;
  if (use == CKF_ENCRYPT) return row.family == KeyFamily::kAes ? row.encrypt : row.decrypt | row.stand_in;
  return row.sign | row.stand_in;
}

// The key has no NetHSM mechanism for this one: the mechanism is not for the key if others of the same use
// are, else the key is not for the use.
CK_RV rv_of_lack(CK_FLAGS use, const Object& key) {
  const api::Key& facts = key.record->key;
  const bool has_others = std::ranges::any_of(mechanism_rows(), [&](const MechanismRow& row) {
    return row.family == family_of(facts) && (row.flags & use) != 0 &&
           !(modes_for(use, row) & facts.mechanisms).empty();
  });
  return has_others ? CKR_MECHANISM_INVALID : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

// The row, if the mechanism can be used in this way with keys of this kind.
Result<const MechanismRow*> row_for_key(const CK_MECHANISM& mechanism, CK_FLAGS use, const Object& key) {
  const MechanismRow* row = TRY(row_for(mechanism, use));
  const bool is_public = key.object_class == CKO_PUBLIC_KEY;
  const bool is_key = is_public || key.object_class == CKO_PRIVATE_KEY || key.object_class == CKO_SECRET_KEY;
  if (key.record == nullptr || !is_key) return fail(CKR_KEY_HANDLE_INVALID, "the object is not a key");
  if (family_of(key.record->key) != row->family) {
    return fail(CKR_KEY_TYPE_INCONSISTENT, std::string(row->name) + " cannot be used with this type of key");
  }
  if ((key.record->refused_uses & use) != 0) {
    return fail(CKR_KEY_FUNCTION_NOT_PERMITTED, "the template of the key refused this use");
  }
  const bool wants_public = row->family != KeyFamily::kAes && (use & kPublicUses) != 0;
  if (is_public == wants_public) return row;
  return fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
              wants_public ? "this needs the public key, and the object is the private one"
                           : "this needs the private key, and the object is the public one");
}

api::Mechanism only(api::Mechanisms modes) {
  api::Mechanism mode{};
  modes.for_each([&](api::Mechanism m) { mode = m; });
  return mode;
}

Result<api::Mechanism> permitted(const Object& key, CK_FLAGS use, api::Mechanism mode) {
  if (key.record->key.mechanisms.has(mode)) return mode;
  return fail_loudly(rv_of_lack(use, key), lacks(key, mode));
}

// The device's own mode, if there is one and the key has it, or the raw operation, if the module can stand
// in.
Result<api::Mechanism> rsa_mode(const Object& key, CK_FLAGS use, const MechanismRow& row,
                                std::optional<api::Mechanism> native) {
  constexpr auto kRaw = api::Mechanism::kRsaDecryptionRaw;
  const api::Mechanisms has = key.record->key.mechanisms;
  if (native && has.has(*native)) return *native;
  if (row.stand_in.has(kRaw) && has.has(kRaw)) return kRaw;
  if (native) return fail_loudly(rv_of_lack(use, key), lacks(key, *native));
  // Whatever the parameter says, or just because of it.
  const bool is_always_raw = modes_for(use, row) == row.stand_in;
  return fail_loudly(is_always_raw ? rv_of_lack(use, key) : CKR_MECHANISM_PARAM_INVALID,
                     std::string(row.name) +
                         ": the device cannot do this itself, and for the module to do it " +
                         lacks(key, kRaw));
}

// A public key is used for what the private one can do, in whatever way.
Status public_use_permitted(const Object& key, CK_FLAGS use, const MechanismRow& row) {
  if (!(modes_for(use, row) & key.record->key.mechanisms).empty()) return Ok{};
  return fail(rv_of_lack(use, key), "the NetHSM mechanisms of the key \"" + key.record->key.id +
                                        "\" do not allow " + std::string(row.name));
}

// What does not fit into the modulus; small keys can be imported.
Status check_fits(std::size_t needed, std::size_t modulus) {
  if (needed <= modulus) return Ok{};
  return fail(CKR_KEY_SIZE_RANGE, "the RSA key is too short for this mechanism");
}

Status check_pss_fits(const crypto::PssParameters& pss, const MechanismRow& row, const api::Key& key) {
  const std::size_t hash = crypto::digest_size(pss.digest);
  const std::size_t encoded = (modulus_bits(key) + 6) / 8;  // of one bit less than the modulus
  TRY(check_fits(hash + std::min(pss.salt_length, hash) + 2, encoded));
  if (pss.salt_length <= encoded - hash - 2) return Ok{};
  return bad_parameter(row, "the salt is too long for the key");
}

struct RsaSignature {
  SignaturePlan plan;
  std::optional<api::Mechanism> native;
};

Result<RsaSignature> rsa_signature(const CK_MECHANISM& mechanism, const MechanismRow& row,
                                   const api::Key& key) {
  const std::size_t modulus = modulus_length(key);
  RsaSignature rsa{{.scheme = row.scheme, .digest = row.digest, .signature_length = modulus}, std::nullopt};
  SignaturePlan& plan = rsa.plan;
  if (row.scheme == Scheme::kPss) {
    const Pss pss = TRY(pss_of(mechanism, row));
    TRY(check_pss_fits(pss.parameters, row, key));
    plan.pss = pss.parameters;
    plan.exact_input = plan.max_input = crypto::digest_size(pss.parameters.digest);
    rsa.native = pss.native;
  } else if (row.scheme == Scheme::kRaw) {
    plan.max_input = modulus;
    rsa.native = only(row.sign);
  } else {
    TRY(check_fits((row.digest ? crypto::digest_info_size(*row.digest) : 0) + kPkcs1Overhead, modulus));
    plan.max_input = modulus - kPkcs1Overhead;
    rsa.native = only(row.sign);
  }
  return rsa;
}

Result<SignPlan> sign_rsa(const CK_MECHANISM& mechanism, CK_FLAGS use, const MechanismRow& row,
                          const Object& key) {
  const RsaSignature rsa = TRY(rsa_signature(mechanism, row, key.record->key));
  return SignPlan{rsa.plan, TRY(rsa_mode(key, use, row, rsa.native))};
}

SignPlan ecdsa_plan(const MechanismRow& row, const CurveFacts& curve) {
  const std::size_t order = crypto::order_size(curve.curve);
  SignPlan plan{{.scheme = row.scheme, .digest = row.digest, .signature_length = 2 * order}, only(row.sign)};
  plan.exact_input = order;
  return plan;
}

Result<SignPlan> sign_ecdsa(const MechanismRow& row, const Object& key) {
  const CurveFacts& curve = *curve_of(key.record->key.type);
  SignPlan plan = ecdsa_plan(row, curve);
  plan.exact_input = curve.device_digest;
  // P-521 would use 66 bytes of a longer digest, and the device takes 64: refused rather than signed wrongly.
  if (curve.device_digest < crypto::order_size(curve.curve)) plan.max_input = curve.device_digest;
  TRY(permitted(key, CKF_SIGN, plan.mode));
  return plan;
}

// Of the message as it is.
SignPlan pure_plan(const MechanismRow& row) {
  const std::size_t length = row.scheme == Scheme::kEdDsa ? kEd25519Signature : kBip340Signature;
  return {{.scheme = row.scheme, .signature_length = length}, only(row.sign)};
}

Result<SignPlan> cmac_plan(const CK_MECHANISM& mechanism, const MechanismRow& row, const Object& key) {
  const std::size_t length = TRY(mac_length_of(mechanism, row));
  const auto mode = TRY(permitted(key, CKF_SIGN, only(row.sign)));
  return SignPlan{{.scheme = row.scheme, .signature_length = length}, mode};
}

Result<RsaCipher> rsa_cipher(const MechanismRow& row, const Object& key, const Oaep& oaep) {
  using Padding = RsaCipher::Padding;
  RsaCipher cipher;
  cipher.modulus = modulus_length(key.record->key);
  cipher.padding = row.parameter == Parameter::kOaep ? Padding::kOaep
                   : row.scheme == Scheme::kPkcs1    ? Padding::kPkcs1
                                                     : Padding::kNone;
  cipher.oaep = oaep;
  const std::size_t overhead = cipher.padding == Padding::kOaep    ? 2 * crypto::digest_size(oaep.digest) + 2
                               : cipher.padding == Padding::kPkcs1 ? kPkcs1Overhead
                                                                   : 0;
  TRY(check_fits(overhead, cipher.modulus));
  cipher.max_plain = cipher.modulus - overhead;
  return cipher;
}

Result<CbcCipher> cbc_cipher(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  return CbcCipher{TRY(iv_of(mechanism, row)), row.type == CKM_AES_CBC_PAD};
}

}  // namespace

Result<SignPlan> plan_sign(const CK_MECHANISM& mechanism, const Object& key, CK_FLAGS use) {
  const MechanismRow* row = TRY(row_for_key(mechanism, use, key));
  switch (row->scheme) {
    case Scheme::kPkcs1:
    case Scheme::kPss:
    case Scheme::kRaw:
      return sign_rsa(mechanism, use, *row, key);
    case Scheme::kEcdsa:
      return sign_ecdsa(*row, key);
    case Scheme::kEdDsa:
    case Scheme::kBip340: {
      const SignPlan plan = pure_plan(*row);
      TRY(permitted(key, CKF_SIGN, plan.mode));
      return plan;
    }
    case Scheme::kCmac:
      return cmac_plan(mechanism, *row, key);
    case Scheme::kNone:
      break;
  }
  return fail(CKR_MECHANISM_INVALID);
}

Result<SignPlan> plan_verify(const CK_MECHANISM& mechanism, const Object& key, CK_FLAGS use) {
  const MechanismRow* row = TRY(row_for_key(mechanism, use, key));
  if (row->scheme == Scheme::kCmac) return cmac_plan(mechanism, *row, key);
  TRY(public_use_permitted(key, use, *row));
  switch (row->scheme) {
    case Scheme::kEcdsa:
      return ecdsa_plan(*row, *curve_of(key.record->key.type));
    case Scheme::kEdDsa:
    case Scheme::kBip340:
      return pure_plan(*row);
    default:
      return SignPlan{TRY(rsa_signature(mechanism, *row, key.record->key)).plan, {}};
  }
}

Result<DecryptPlan> plan_decrypt(const CK_MECHANISM& mechanism, const Object& key) {
  const MechanismRow* row = TRY(row_for_key(mechanism, CKF_DECRYPT, key));
  if (row->parameter == Parameter::kIv) {
    const CbcCipher cipher = TRY(cbc_cipher(mechanism, *row));
    return DecryptPlan{TRY(permitted(key, CKF_DECRYPT, only(row->decrypt))), cipher};
  }
  OaepChoice choice;
  if (row->parameter == Parameter::kOaep) {
    choice = TRY(oaep_of(mechanism, *row));
  } else {
    choice.native = only(row->decrypt);
  }
  const RsaCipher cipher = TRY(rsa_cipher(*row, key, choice.oaep));
  return DecryptPlan{TRY(rsa_mode(key, CKF_DECRYPT, *row, choice.native)), cipher};
}

Result<EncryptPlan> plan_encrypt(const CK_MECHANISM& mechanism, const Object& key) {
  const MechanismRow* row = TRY(row_for_key(mechanism, CKF_ENCRYPT, key));
  if (row->parameter == Parameter::kIv) {
    const CbcCipher cipher = TRY(cbc_cipher(mechanism, *row));
    return EncryptPlan{TRY(permitted(key, CKF_ENCRYPT, only(row->encrypt))), cipher};
  }
  Oaep oaep;
  if (row->parameter == Parameter::kOaep) oaep = TRY(oaep_of(mechanism, *row)).oaep;
  TRY(public_use_permitted(key, CKF_ENCRYPT, *row));
  return EncryptPlan{{}, TRY(rsa_cipher(*row, key, oaep))};
}

}  // namespace nethsm::token
