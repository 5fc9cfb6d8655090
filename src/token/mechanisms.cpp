// SPDX-License-Identifier: Apache-2.0
#include "token/mechanisms.h"

#include <algorithm>

namespace nethsm::token {
namespace {

using D = crypto::DigestAlgorithm;
using M = api::Mechanism;

constexpr HashRow kHashes[] = {
    {CKM_SHA_1, CKG_MGF1_SHA1, D::kSha1, M::kRsaSignaturePssSha1, M::kRsaDecryptionOaepSha1},
    {CKM_SHA224, CKG_MGF1_SHA224, D::kSha224, M::kRsaSignaturePssSha224, M::kRsaDecryptionOaepSha224},
    {CKM_SHA256, CKG_MGF1_SHA256, D::kSha256, M::kRsaSignaturePssSha256, M::kRsaDecryptionOaepSha256},
    {CKM_SHA384, CKG_MGF1_SHA384, D::kSha384, M::kRsaSignaturePssSha384, M::kRsaDecryptionOaepSha384},
    {CKM_SHA512, CKG_MGF1_SHA512, D::kSha512, M::kRsaSignaturePssSha512, M::kRsaDecryptionOaepSha512},
    {CKM_SHA3_224, CKG_MGF1_SHA3_224, D::kSha3_224, std::nullopt, std::nullopt},
    {CKM_SHA3_256, CKG_MGF1_SHA3_256, D::kSha3_256, std::nullopt, std::nullopt},
    {CKM_SHA3_384, CKG_MGF1_SHA3_384, D::kSha3_384, std::nullopt, std::nullopt},
    {CKM_SHA3_512, CKG_MGF1_SHA3_512, D::kSha3_512, std::nullopt, std::nullopt},
};

template <class Row, class Value, class Member>
const Row* find(std::span<const Row> rows, Value wanted, Member member) {
  const auto row = std::ranges::find(rows, wanted, member);
  return row != rows.end() ? &*row : nullptr;
}

// False for the row of a mechanism for which all NetHSM mechanisms are withheld.
bool is_offered(const MechanismRow& row, api::Mechanisms withheld) {
  const api::Mechanisms usable = row.usable();
  return usable.empty() || (usable & withheld) != usable;
}

}  // namespace

KeyFamily family_of(const api::Key& key) {
  switch (key.type) {
    case api::KeyType::kRsa:
      return KeyFamily::kRsa;
    case api::KeyType::kCurve25519:
      return KeyFamily::kEdwards;
    case api::KeyType::kGeneric:
      return (key.mechanisms & api::mechanisms_of(key.type)).empty() ? KeyFamily::kGenericSecret
                                                                     : KeyFamily::kAes;
    default:
      return KeyFamily::kEc;
  }
}

CK_KEY_TYPE key_type_of(KeyFamily family) {
  switch (family) {
    case KeyFamily::kRsa:
      return CKK_RSA;
    case KeyFamily::kEc:
      return CKK_EC;
    case KeyFamily::kEdwards:
      return CKK_EC_EDWARDS;
    case KeyFamily::kAes:
      return CKK_AES;
    case KeyFamily::kGenericSecret:
    case KeyFamily::kNone:
      break;
  }
  return CKK_GENERIC_SECRET;
}

const MechanismRow* find_mechanism(CK_MECHANISM_TYPE type) {
  return find(mechanism_rows(), type, &MechanismRow::type);
}

const MechanismRow* find_generation(CK_MECHANISM_TYPE type) {
  const auto* row = find_mechanism(type == CKM_EDDSA ? CKM_EC_EDWARDS_KEY_PAIR_GEN : type);
  return row != nullptr && (row->flags & (CKF_GENERATE | CKF_GENERATE_KEY_PAIR)) != 0 ? row : nullptr;
}

Unexpected<Error> bad_parameter(const MechanismRow& row, const char* reason) {
  return fail(CKR_MECHANISM_PARAM_INVALID, std::string(row.name) + ": " + reason);
}

Result<const MechanismRow*> row_for(const CK_MECHANISM& mechanism, CK_FLAGS use) {
  const bool generates = (use & (CKF_GENERATE | CKF_GENERATE_KEY_PAIR)) != 0;
  const auto* row = generates ? find_generation(mechanism.mechanism) : find_mechanism(mechanism.mechanism);
  if (row == nullptr || (row->flags & use) == 0) return fail(CKR_MECHANISM_INVALID);
  const bool has_parameter = mechanism.pParameter != nullptr && mechanism.ulParameterLen != 0;
  if (row->parameter == Parameter::kNone && has_parameter) {
    return bad_parameter(*row, "a parameter is given, and the mechanism as it is here has none");
  }
  return row;
}

Result<crypto::DigestAlgorithm> digest_of(const CK_MECHANISM& mechanism) {
  return *TRY(row_for(mechanism, CKF_DIGEST))->digest;
}

const HashRow* find_hash(CK_MECHANISM_TYPE hash) {
  return find(std::span<const HashRow>(kHashes), hash, &HashRow::hash);
}
const HashRow* find_mgf(CK_RSA_PKCS_MGF_TYPE mgf) {
  return find(std::span<const HashRow>(kHashes), mgf, &HashRow::mgf);
}

std::vector<CK_MECHANISM_TYPE> allowed_mechanisms(const api::Key& key) {
  std::vector<CK_MECHANISM_TYPE> allowed;
  const KeyFamily family = family_of(key);
  for (const MechanismRow& row : mechanism_rows()) {
    if (row.family == family && !(row.usable() & key.mechanisms).empty()) allowed.push_back(row.type);
  }
  return allowed;
}

api::Mechanisms device_mechanisms(std::span<const CK_MECHANISM_TYPE> allowed) {
  api::Mechanisms mechanisms;
  for (const CK_MECHANISM_TYPE type : allowed) {
    if (const auto* row = find_mechanism(type))
      mechanisms = mechanisms | row->sign | row->decrypt | row->encrypt;
  }
  return mechanisms;
}

std::vector<CK_MECHANISM_TYPE> mechanism_list(api::Mechanisms withheld) {
  std::vector<CK_MECHANISM_TYPE> offered;
  for (const MechanismRow& row : mechanism_rows()) {
    if (is_offered(row, withheld)) offered.push_back(row.type);
  }
  return offered;
}

Result<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, api::Mechanisms withheld) {
  const MechanismRow* row = find_mechanism(type);
  if (row == nullptr || !is_offered(*row, withheld)) return fail(CKR_MECHANISM_INVALID);
  return CK_MECHANISM_INFO{row->min_key_size, row->max_key_size, row->flags};
}

}  // namespace nethsm::token
