// SPDX-License-Identifier: Apache-2.0
#include "token/plans.h"

#include <algorithm>
#include <cstring>

#include "crypto/curves.h"
#include "crypto/digest_info.h"
#include "token/key_facts.h"
#include "token/mechanisms.h"

namespace nethsm::token {
namespace {

constexpr std::size_t kPkcs1Overhead = 11;  // RFC 8017 §7.2.1, §9.2
constexpr std::size_t kEd25519Signature = 64;

Unexpected<Error> bad_parameter(const MechanismRow& row, const char* reason) {
  return fail(CKR_MECHANISM_PARAM_INVALID, std::string(row.name) + ": " + reason);
}

template <class Struct>
Result<Struct> parameter_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  Struct parameter{};
  if (mechanism.pParameter == nullptr || mechanism.ulParameterLen != sizeof parameter) {
    return bad_parameter(row, "the parameter is missing or has another size");
  }
  std::memcpy(&parameter, mechanism.pParameter, sizeof parameter);
  return parameter;
}

Result<const HashRow*> hash_of(CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf, const MechanismRow& row) {
  const HashRow* found = find_hash(hash);
  if (found == nullptr) return bad_parameter(row, "the device does not know this hash");
  if (mgf != found->mgf) return bad_parameter(row, "the device uses MGF1 with the same hash only");
  return found;
}

Result<const HashRow*> pss_hash(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  const auto parameter = TRY(parameter_of<CK_RSA_PKCS_PSS_PARAMS>(mechanism, row));
  const HashRow* hash = TRY(hash_of(parameter.hashAlg, parameter.mgf, row));
  if (row.digest && *row.digest != hash->algorithm)
    return bad_parameter(row, "the hash is not the mechanism's own");
  if (parameter.sLen != crypto::digest_size(hash->algorithm)) {
    return bad_parameter(row, "the device makes salts of the hash's length only");
  }
  return hash;
}

Result<const HashRow*> oaep_hash(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  auto parameter = TRY(parameter_of<CK_RSA_PKCS_OAEP_PARAMS>(mechanism, row));
  const HashRow* named = find_hash(parameter.hashAlg);
  // Some applications leave the mask function out.
  if (parameter.mgf == 0 && named != nullptr) parameter.mgf = named->mgf;
  const HashRow* hash = TRY(hash_of(parameter.hashAlg, parameter.mgf, row));
  // pkcs11-tool says 0 when there is no label.
  if (parameter.source != 0 && parameter.source != CKZ_DATA_SPECIFIED) {
    return bad_parameter(row, "the source of the label is unknown");
  }
  if (parameter.ulSourceDataLen != 0)
    return bad_parameter(row, "the device does OAEP with an empty label only");
  return hash;
}

Status check_eddsa(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  if (mechanism.pParameter == nullptr && mechanism.ulParameterLen == 0) return Ok{};
  const auto parameter = TRY(parameter_of<CK_EDDSA_PARAMS>(mechanism, row));
  if (parameter.phFlag != CK_FALSE || parameter.ulContextDataLen != 0) {
    return bad_parameter(row, "the device does pure Ed25519 only, without pre-hash and context");
  }
  return Ok{};
}

Result<std::array<std::uint8_t, 16>> iv_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  return parameter_of<std::array<std::uint8_t, 16>>(mechanism, row);
}

// The row, if the mechanism can be used in this way with keys of this kind.
Result<const MechanismRow*> row_for(const CK_MECHANISM& mechanism, CK_FLAGS use, const Object& key) {
  const MechanismRow* row = find_mechanism(mechanism.mechanism);
  if (row == nullptr || (row->flags & use) == 0) return fail(CKR_MECHANISM_INVALID);
  if (key.record == nullptr || key.object_class == CKO_CERTIFICATE) {
    return fail(CKR_KEY_HANDLE_INVALID, "the object is not a key");
  }
  if (family_of(key.record->key) != row->family) {
    return fail(CKR_KEY_TYPE_INCONSISTENT, std::string(row->name) + " cannot be used with this type of key");
  }
  if (key.object_class == CKO_PUBLIC_KEY) {
    return fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
                "this needs the private key, and the object is the public one");
  }
  return row;
}

Result<api::Mechanism> permitted(const Object& key, api::Mechanism mode) {
  if (key.record->key.mechanisms.has(mode)) return mode;
  return fail(CKR_KEY_FUNCTION_NOT_PERMITTED, "the key \"" + key.record->key.id +
                                                  "\" does not have the NetHSM mechanism " +
                                                  std::string(api::to_string(mode)));
}

api::Mechanism only(api::Mechanisms modes) {
  api::Mechanism mode{};
  modes.for_each([&](api::Mechanism m) { mode = m; });
  return mode;
}

// The device would refuse what does not fit into the modulus; small keys can be imported.
Status check_fits(std::size_t needed, std::size_t modulus) {
  if (needed <= modulus) return Ok{};
  return fail(CKR_KEY_SIZE_RANGE, "the RSA key is too short for this mechanism");
}

Result<SignPlan> plan_rsa(const CK_MECHANISM& mechanism, const MechanismRow& row, const Object& key) {
  SignPlan plan{.mode = only(row.sign), .input = row.input, .digest = row.digest};
  const std::size_t modulus = modulus_length(key.record->key);
  plan.signature_length = modulus;
  if (row.input == SignPlan::Input::kDigest) {
    const HashRow* hash = TRY(pss_hash(mechanism, row));
    plan.mode = hash->pss;
    plan.exact_input = crypto::digest_size(hash->algorithm);
    TRY(check_fits(2 * plan.exact_input + 2, modulus));
  } else if (row.input == SignPlan::Input::kDigestInfo) {
    TRY(check_fits(crypto::digest_info_size(*row.digest) + kPkcs1Overhead, modulus));
  } else {
    TRY(check_fits(kPkcs1Overhead, modulus));
    plan.max_input = modulus - kPkcs1Overhead;
  }
  return plan;
}

Result<SignPlan> plan_ecdsa(const MechanismRow& row, const Object& key) {
  const CurveFacts& curve = *curve_of(key.record->key.type);
  SignPlan plan{.mode = only(row.sign), .input = row.input, .digest = row.digest};
  plan.exact_input = curve.device_digest;
  // P-521 would use 66 bytes of a longer digest, and the device takes 64: refused rather than signed wrongly.
  const std::size_t order = crypto::order_size(curve.curve);
  if (curve.device_digest < order) plan.max_input = curve.device_digest;
  plan.signature_length = 2 * order;
  return plan;
}

SignPlan plan_eddsa(const MechanismRow& row) {
  SignPlan plan;
  plan.mode = only(row.sign);
  plan.signature_length = kEd25519Signature;
  return plan;
}

Result<SignPlan> plan_for(const CK_MECHANISM& mechanism, const MechanismRow& row, const Object& key) {
  switch (row.family) {
    case KeyFamily::kRsa:
      return plan_rsa(mechanism, row, key);
    case KeyFamily::kEc:
      return plan_ecdsa(row, key);
    case KeyFamily::kEdwards:
      TRY(check_eddsa(mechanism, row));
      return plan_eddsa(row);
    default:
      return fail(CKR_MECHANISM_INVALID);
  }
}

}  // namespace

Result<SignPlan> plan_sign(const CK_MECHANISM& mechanism, const Object& key) {
  const MechanismRow* row = TRY(row_for(mechanism, CKF_SIGN, key));
  const SignPlan plan = TRY(plan_for(mechanism, *row, key));
  TRY(permitted(key, plan.mode));
  return plan;
}

Result<DecryptPlan> plan_decrypt(const CK_MECHANISM& mechanism, const Object& key) {
  const MechanismRow* row = TRY(row_for(mechanism, CKF_DECRYPT, key));
  DecryptPlan plan;
  plan.mode = only(row->decrypt);
  if (row->parameter == Parameter::kIv) {
    plan.iv = TRY(iv_of(mechanism, *row));
    plan.block = plan.iv->size();
    TRY(permitted(key, plan.mode));
    return plan;
  }
  const std::size_t modulus = modulus_length(key.record->key);
  std::size_t overhead = mechanism.mechanism == CKM_RSA_PKCS ? kPkcs1Overhead : 0;
  if (row->parameter == Parameter::kOaep) {
    const HashRow* hash = TRY(oaep_hash(mechanism, *row));
    plan.mode = hash->oaep;
    overhead = 2 * crypto::digest_size(hash->algorithm) + 2;
  }
  TRY(permitted(key, plan.mode));
  TRY(check_fits(overhead, modulus));
  plan.exact_input = modulus;
  plan.max_output = modulus - overhead;
  return plan;
}

Result<EncryptPlan> plan_encrypt(const CK_MECHANISM& mechanism, const Object& key) {
  const MechanismRow* row = TRY(row_for(mechanism, CKF_ENCRYPT, key));
  EncryptPlan plan{.mode = only(row->encrypt)};
  plan.iv = TRY(iv_of(mechanism, *row));
  TRY(permitted(key, plan.mode));
  return plan;
}

}  // namespace nethsm::token
