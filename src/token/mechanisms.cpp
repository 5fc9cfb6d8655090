// SPDX-License-Identifier: Apache-2.0
#include "token/mechanisms.h"

#include <algorithm>
#include <array>

#include "token/token.h"

namespace nethsm::token {
namespace {

using D = crypto::DigestAlgorithm;
using M = api::Mechanism;
using Input = SignPlan::Input;

constexpr CK_ULONG kRsaMin = 1024, kRsaMax = 8192;
constexpr CK_ULONG kEcMin = 256, kEcMax = 521;
constexpr CK_ULONG kEdwardsBits = 255;
constexpr CK_ULONG kAesMin = 16, kAesMax = 32;
constexpr CK_ULONG kGenericMin = 128, kGenericMax = 8192;
constexpr CK_FLAGS kEcFlags = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;

constexpr api::Mechanisms kPss = {M::kRsaSignaturePssSha1, M::kRsaSignaturePssSha224,
                                  M::kRsaSignaturePssSha256, M::kRsaSignaturePssSha384,
                                  M::kRsaSignaturePssSha512};
constexpr api::Mechanisms kOaep = {M::kRsaDecryptionOaepSha1, M::kRsaDecryptionOaepSha224,
                                   M::kRsaDecryptionOaepSha256, M::kRsaDecryptionOaepSha384,
                                   M::kRsaDecryptionOaepSha512};

constexpr MechanismRow rsa_generation(CK_MECHANISM_TYPE type, std::string_view name) {
  return {type, name, kRsaMin, kRsaMax, CKF_HW | CKF_GENERATE_KEY_PAIR, KeyFamily::kRsa};
}

constexpr MechanismRow rsa_pkcs(CK_MECHANISM_TYPE type, std::string_view name, D digest) {
  return {.type = type,
          .name = name,
          .min_key_size = kRsaMin,
          .max_key_size = kRsaMax,
          .flags = CKF_HW | CKF_SIGN,
          .family = KeyFamily::kRsa,
          .input = Input::kDigestInfo,
          .digest = digest,
          .sign = {M::kRsaSignaturePkcs1}};
}

constexpr MechanismRow rsa_pss(CK_MECHANISM_TYPE type, std::string_view name, std::optional<D> digest,
                               api::Mechanisms modes) {
  return {.type = type,
          .name = name,
          .min_key_size = kRsaMin,
          .max_key_size = kRsaMax,
          .flags = CKF_HW | CKF_SIGN,
          .family = KeyFamily::kRsa,
          .parameter = Parameter::kPss,
          .input = Input::kDigest,
          .digest = digest,
          .sign = modes};
}

constexpr MechanismRow rsa_decryption(CK_MECHANISM_TYPE type, std::string_view name, Parameter parameter,
                                      api::Mechanisms modes) {
  return {.type = type,
          .name = name,
          .min_key_size = kRsaMin,
          .max_key_size = kRsaMax,
          .flags = CKF_HW | CKF_DECRYPT,
          .family = KeyFamily::kRsa,
          .parameter = parameter,
          .decrypt = modes};
}

constexpr MechanismRow ecdsa(CK_MECHANISM_TYPE type, std::string_view name, std::optional<D> digest) {
  return {.type = type,
          .name = name,
          .min_key_size = kEcMin,
          .max_key_size = kEcMax,
          .flags = CKF_HW | CKF_SIGN | kEcFlags,
          .family = KeyFamily::kEc,
          .input = Input::kEcdsa,
          .digest = digest,
          .sign = {M::kEcdsaSignature}};
}

constexpr MechanismRow digest(CK_MECHANISM_TYPE type, std::string_view name, D algorithm) {
  return {.type = type,
          .name = name,
          .min_key_size = 0,
          .max_key_size = 0,
          .flags = CKF_DIGEST,
          .family = KeyFamily::kNone,
          .digest = algorithm};
}

#define NAMED(type) type, #type

constexpr MechanismRow kRows[] = {
    rsa_generation(NAMED(CKM_RSA_PKCS_KEY_PAIR_GEN)),
    {.type = CKM_RSA_PKCS,
     .name = "CKM_RSA_PKCS",
     .min_key_size = kRsaMin,
     .max_key_size = kRsaMax,
     .flags = CKF_HW | CKF_SIGN | CKF_DECRYPT,
     .family = KeyFamily::kRsa,
     .sign = {M::kRsaSignaturePkcs1},
     .decrypt = {M::kRsaDecryptionPkcs1}},
    rsa_decryption(NAMED(CKM_RSA_X_509), Parameter::kNone, {M::kRsaDecryptionRaw}),
    rsa_pkcs(NAMED(CKM_SHA1_RSA_PKCS), D::kSha1),
    rsa_pkcs(NAMED(CKM_SHA224_RSA_PKCS), D::kSha224),
    rsa_pkcs(NAMED(CKM_SHA256_RSA_PKCS), D::kSha256),
    rsa_pkcs(NAMED(CKM_SHA384_RSA_PKCS), D::kSha384),
    rsa_pkcs(NAMED(CKM_SHA512_RSA_PKCS), D::kSha512),
    rsa_pss(NAMED(CKM_RSA_PKCS_PSS), std::nullopt, kPss),
    rsa_pss(NAMED(CKM_SHA1_RSA_PKCS_PSS), D::kSha1, {M::kRsaSignaturePssSha1}),
    rsa_pss(NAMED(CKM_SHA224_RSA_PKCS_PSS), D::kSha224, {M::kRsaSignaturePssSha224}),
    rsa_pss(NAMED(CKM_SHA256_RSA_PKCS_PSS), D::kSha256, {M::kRsaSignaturePssSha256}),
    rsa_pss(NAMED(CKM_SHA384_RSA_PKCS_PSS), D::kSha384, {M::kRsaSignaturePssSha384}),
    rsa_pss(NAMED(CKM_SHA512_RSA_PKCS_PSS), D::kSha512, {M::kRsaSignaturePssSha512}),
    rsa_decryption(NAMED(CKM_RSA_PKCS_OAEP), Parameter::kOaep, kOaep),
    {NAMED(CKM_EC_KEY_PAIR_GEN), kEcMin, kEcMax, CKF_HW | CKF_GENERATE_KEY_PAIR | kEcFlags, KeyFamily::kEc},
    ecdsa(NAMED(CKM_ECDSA), std::nullopt),
    ecdsa(NAMED(CKM_ECDSA_SHA1), D::kSha1),
    ecdsa(NAMED(CKM_ECDSA_SHA224), D::kSha224),
    ecdsa(NAMED(CKM_ECDSA_SHA256), D::kSha256),
    ecdsa(NAMED(CKM_ECDSA_SHA384), D::kSha384),
    ecdsa(NAMED(CKM_ECDSA_SHA512), D::kSha512),
    {NAMED(CKM_EC_EDWARDS_KEY_PAIR_GEN), kEdwardsBits, kEdwardsBits, CKF_HW | CKF_GENERATE_KEY_PAIR,
     KeyFamily::kEdwards},
    {.type = CKM_EDDSA,
     .name = "CKM_EDDSA",
     .min_key_size = kEdwardsBits,
     .max_key_size = kEdwardsBits,
     .flags = CKF_HW | CKF_SIGN,
     .family = KeyFamily::kEdwards,
     .parameter = Parameter::kEdDsa,
     .sign = {M::kEdDsaSignature}},
    {NAMED(CKM_AES_KEY_GEN), kAesMin, kAesMax, CKF_HW | CKF_GENERATE, KeyFamily::kAes},
    {.type = CKM_AES_CBC,
     .name = "CKM_AES_CBC",
     .min_key_size = kAesMin,
     .max_key_size = kAesMax,
     .flags = CKF_HW | CKF_ENCRYPT | CKF_DECRYPT,
     .family = KeyFamily::kAes,
     .parameter = Parameter::kIv,
     .decrypt = {M::kAesDecryptionCbc},
     .encrypt = {M::kAesEncryptionCbc}},
    {NAMED(CKM_GENERIC_SECRET_KEY_GEN), kGenericMin, kGenericMax, CKF_HW | CKF_GENERATE,
     KeyFamily::kGenericSecret},
    digest(NAMED(CKM_SHA_1), D::kSha1),
    digest(NAMED(CKM_SHA224), D::kSha224),
    digest(NAMED(CKM_SHA256), D::kSha256),
    digest(NAMED(CKM_SHA384), D::kSha384),
    digest(NAMED(CKM_SHA512), D::kSha512),
    digest(NAMED(CKM_SHA3_224), D::kSha3_224),
    digest(NAMED(CKM_SHA3_256), D::kSha3_256),
    digest(NAMED(CKM_SHA3_384), D::kSha3_384),
    digest(NAMED(CKM_SHA3_512), D::kSha3_512),
};

constexpr HashRow kHashes[] = {
    {CKM_SHA_1, CKG_MGF1_SHA1, D::kSha1, M::kRsaSignaturePssSha1, M::kRsaDecryptionOaepSha1},
    {CKM_SHA224, CKG_MGF1_SHA224, D::kSha224, M::kRsaSignaturePssSha224, M::kRsaDecryptionOaepSha224},
    {CKM_SHA256, CKG_MGF1_SHA256, D::kSha256, M::kRsaSignaturePssSha256, M::kRsaDecryptionOaepSha256},
    {CKM_SHA384, CKG_MGF1_SHA384, D::kSha384, M::kRsaSignaturePssSha384, M::kRsaDecryptionOaepSha384},
    {CKM_SHA512, CKG_MGF1_SHA512, D::kSha512, M::kRsaSignaturePssSha512, M::kRsaDecryptionOaepSha512},
};

constexpr bool types_are_unique() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (kRows[i].type == kRows[j].type) return false;
    }
  }
  return true;
}
static_assert(types_are_unique());

// What is advertised is what the device columns can do.
constexpr bool flags_agree_with_modes(const MechanismRow& row) {
  return ((row.flags & CKF_SIGN) != 0) == !row.sign.empty() &&
         ((row.flags & CKF_DECRYPT) != 0) == !row.decrypt.empty() &&
         ((row.flags & CKF_ENCRYPT) != 0) == !row.encrypt.empty();
}
constexpr bool digest_agrees_with_input(const MechanismRow& row) {
  if ((row.flags & CKF_DIGEST) != 0) return row.digest.has_value();
  if (row.input == Input::kMessage) return !row.digest;
  return row.input != Input::kDigestInfo || row.digest.has_value();
}
static_assert(std::ranges::all_of(kRows, flags_agree_with_modes));
static_assert(std::ranges::all_of(kRows, digest_agrees_with_input));
static_assert(std::ranges::all_of(kRows,
                                  [](const auto& row) { return row.min_key_size <= row.max_key_size; }));

constexpr auto kTypes = [] {
  std::array<CK_MECHANISM_TYPE, std::size(kRows)> types{};
  std::ranges::transform(kRows, types.begin(), &MechanismRow::type);
  return types;
}();

template <class Rows, class Value, class Member>
auto find(const Rows& rows, Value wanted, Member member) -> decltype(std::begin(rows)) {
  const auto* row = std::ranges::find(rows, wanted, member);
  return row != std::end(rows) ? row : nullptr;
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

std::span<const MechanismRow> mechanism_rows() { return kRows; }
const MechanismRow* find_mechanism(CK_MECHANISM_TYPE type) { return find(kRows, type, &MechanismRow::type); }

const MechanismRow* find_generation(CK_MECHANISM_TYPE type) {
  const auto* row = find_mechanism(type == CKM_EDDSA ? CKM_EC_EDWARDS_KEY_PAIR_GEN : type);
  return row != nullptr && (row->flags & (CKF_GENERATE | CKF_GENERATE_KEY_PAIR)) != 0 ? row : nullptr;
}

Result<crypto::DigestAlgorithm> digest_of(const CK_MECHANISM& mechanism) {
  const MechanismRow* row = find_mechanism(mechanism.mechanism);
  if (row == nullptr || (row->flags & CKF_DIGEST) == 0) return fail(CKR_MECHANISM_INVALID);
  return *row->digest;
}

const HashRow* find_hash(CK_MECHANISM_TYPE hash) { return find(kHashes, hash, &HashRow::hash); }
const HashRow* find_hash(crypto::DigestAlgorithm algorithm) {
  return find(kHashes, algorithm, &HashRow::algorithm);
}

std::vector<CK_MECHANISM_TYPE> allowed_mechanisms(const api::Key& key) {
  std::vector<CK_MECHANISM_TYPE> allowed;
  const KeyFamily family = family_of(key);
  for (const MechanismRow& row : kRows) {
    const auto usable = (row.sign | row.decrypt | row.encrypt) & key.mechanisms;
    if (row.family == family && !usable.empty()) allowed.push_back(row.type);
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

std::span<const CK_MECHANISM_TYPE> mechanism_list() { return kTypes; }

Result<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type) {
  const auto* row = find_mechanism(type);
  if (row == nullptr) return fail(CKR_MECHANISM_INVALID);
  return CK_MECHANISM_INFO{row->min_key_size, row->max_key_size, row->flags};
}

}  // namespace nethsm::token
