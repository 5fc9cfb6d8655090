// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pkcs11/nethsm.h"
#include "token/mechanisms.h"

namespace nethsm::token {
namespace {

using D = crypto::DigestAlgorithm;
using M = api::Mechanism;

constexpr CK_ULONG kRsaMin = 1024, kRsaMax = 8192;
constexpr CK_ULONG kEcMin = 256, kEcMax = 521;
constexpr CK_ULONG kEdwardsBits = 255;
constexpr CK_ULONG kAesMin = 16, kAesMax = 32;
constexpr CK_ULONG kGenericMin = 8 * kAesMin, kGenericMax = 8 * kAesMax;  // as only these can be used

constexpr CK_FLAGS kSign = CKF_HW | CKF_SIGN | CKF_VERIFY;
constexpr CK_FLAGS kRecover = CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER;
constexpr CK_FLAGS kCipher = CKF_HW | CKF_ENCRYPT | CKF_DECRYPT;
constexpr CK_FLAGS kEcFlags = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;

constexpr api::Mechanisms kRaw = {M::kRsaDecryptionRaw};
constexpr api::Mechanisms kPss = {M::kRsaSignaturePssSha1, M::kRsaSignaturePssSha224,
                                  M::kRsaSignaturePssSha256, M::kRsaSignaturePssSha384,
                                  M::kRsaSignaturePssSha512};
constexpr api::Mechanisms kOaep = {M::kRsaDecryptionOaepSha1, M::kRsaDecryptionOaepSha224,
                                   M::kRsaDecryptionOaepSha256, M::kRsaDecryptionOaepSha384,
                                   M::kRsaDecryptionOaepSha512};

constexpr MechanismRow rsa_generation(CK_MECHANISM_TYPE type, std::string_view name) {
  return {type, name, kRsaMin, kRsaMax, CKF_HW | CKF_GENERATE_KEY_PAIR, KeyFamily::kRsa};
}

// Of either use; the sets say what the device does of it.
constexpr MechanismRow rsa(CK_MECHANISM_TYPE type, std::string_view name, CK_FLAGS flags, Scheme scheme) {
  return {.type = type,
          .name = name,
          .min_key_size = kRsaMin,
          .max_key_size = kRsaMax,
          .flags = flags,
          .family = KeyFamily::kRsa,
          .scheme = scheme};
}

constexpr MechanismRow rsa_pkcs(CK_MECHANISM_TYPE type, std::string_view name, D digest) {
  MechanismRow row = rsa(type, name, kSign, Scheme::kPkcs1);
  row.digest = digest;
  row.sign = {M::kRsaSignaturePkcs1};
  row.stand_in = kRaw;
  return row;
}

// Without a mode of the device the module always pads.
constexpr MechanismRow rsa_pss(CK_MECHANISM_TYPE type, std::string_view name, std::optional<D> digest,
                               api::Mechanisms modes) {
  MechanismRow row = rsa(type, name, kSign, Scheme::kPss);
  row.parameter = Parameter::kPss;
  row.digest = digest;
  row.sign = modes.empty() ? kRaw : modes;
  row.stand_in = kRaw;
  return row;
}

constexpr MechanismRow rsa_raw() {
  MechanismRow row = rsa(CKM_RSA_X_509, "CKM_RSA_X_509", kSign | kRecover | kCipher, Scheme::kRaw);
  row.sign = row.decrypt = kRaw;
  return row;
}

constexpr MechanismRow rsa_pkcs_of_anything() {
  MechanismRow row = rsa(CKM_RSA_PKCS, "CKM_RSA_PKCS", kSign | kRecover | kCipher, Scheme::kPkcs1);
  row.sign = {M::kRsaSignaturePkcs1};
  row.decrypt = {M::kRsaDecryptionPkcs1};
  row.stand_in = kRaw;
  return row;
}

constexpr MechanismRow rsa_oaep() {
  MechanismRow row = rsa(CKM_RSA_PKCS_OAEP, "CKM_RSA_PKCS_OAEP", kCipher, Scheme::kNone);
  row.parameter = Parameter::kOaep;
  row.decrypt = kOaep;
  row.stand_in = kRaw;
  return row;
}

constexpr MechanismRow ecdsa(CK_MECHANISM_TYPE type, std::string_view name, std::optional<D> digest) {
  return {.type = type,
          .name = name,
          .min_key_size = kEcMin,
          .max_key_size = kEcMax,
          .flags = kSign | kEcFlags,
          .family = KeyFamily::kEc,
          .scheme = Scheme::kEcdsa,
          .digest = digest,
          .sign = {M::kEcdsaSignature}};
}

constexpr MechanismRow aes(CK_MECHANISM_TYPE type, std::string_view name, CK_FLAGS flags,
                           Parameter parameter) {
  return {.type = type,
          .name = name,
          .min_key_size = kAesMin,
          .max_key_size = kAesMax,
          .flags = flags,
          .family = KeyFamily::kAes,
          .parameter = parameter};
}

constexpr MechanismRow aes_cbc(CK_MECHANISM_TYPE type, std::string_view name) {
  MechanismRow row = aes(type, name, kCipher, Parameter::kIv);
  row.decrypt = {M::kAesDecryptionCbc};
  row.encrypt = {M::kAesEncryptionCbc};
  return row;
}

// The chaining of the device's CBC is that of CMAC (NIST SP 800-38B).
constexpr MechanismRow aes_cmac(CK_MECHANISM_TYPE type, std::string_view name, Parameter parameter) {
  MechanismRow row = aes(type, name, kSign, parameter);
  row.scheme = Scheme::kCmac;
  row.sign = {M::kAesEncryptionCbc};
  return row;
}

constexpr MechanismRow digest(CK_MECHANISM_TYPE type, std::string_view name, D algorithm) {
  return {.type = type,
          .name = name,
          .min_key_size = 0,
          .max_key_size = 0,
          .flags = CKF_DIGEST,
          .family = KeyFamily::kNone,
          .parameter = Parameter::kIgnored,
          .digest = algorithm};
}

#define NAMED(type) type, #type

constexpr MechanismRow kRows[] = {
    rsa_generation(NAMED(CKM_RSA_PKCS_KEY_PAIR_GEN)),
    rsa_pkcs_of_anything(),
    rsa_raw(),
    rsa_pkcs(NAMED(CKM_SHA1_RSA_PKCS), D::kSha1),
    rsa_pkcs(NAMED(CKM_SHA224_RSA_PKCS), D::kSha224),
    rsa_pkcs(NAMED(CKM_SHA256_RSA_PKCS), D::kSha256),
    rsa_pkcs(NAMED(CKM_SHA384_RSA_PKCS), D::kSha384),
    rsa_pkcs(NAMED(CKM_SHA512_RSA_PKCS), D::kSha512),
    rsa_pkcs(NAMED(CKM_SHA3_224_RSA_PKCS), D::kSha3_224),
    rsa_pkcs(NAMED(CKM_SHA3_256_RSA_PKCS), D::kSha3_256),
    rsa_pkcs(NAMED(CKM_SHA3_384_RSA_PKCS), D::kSha3_384),
    rsa_pkcs(NAMED(CKM_SHA3_512_RSA_PKCS), D::kSha3_512),
    rsa_pss(NAMED(CKM_RSA_PKCS_PSS), std::nullopt, kPss),
    rsa_pss(NAMED(CKM_SHA1_RSA_PKCS_PSS), D::kSha1, {M::kRsaSignaturePssSha1}),
    rsa_pss(NAMED(CKM_SHA224_RSA_PKCS_PSS), D::kSha224, {M::kRsaSignaturePssSha224}),
    rsa_pss(NAMED(CKM_SHA256_RSA_PKCS_PSS), D::kSha256, {M::kRsaSignaturePssSha256}),
    rsa_pss(NAMED(CKM_SHA384_RSA_PKCS_PSS), D::kSha384, {M::kRsaSignaturePssSha384}),
    rsa_pss(NAMED(CKM_SHA512_RSA_PKCS_PSS), D::kSha512, {M::kRsaSignaturePssSha512}),
    rsa_pss(NAMED(CKM_SHA3_224_RSA_PKCS_PSS), D::kSha3_224, {}),
    rsa_pss(NAMED(CKM_SHA3_256_RSA_PKCS_PSS), D::kSha3_256, {}),
    rsa_pss(NAMED(CKM_SHA3_384_RSA_PKCS_PSS), D::kSha3_384, {}),
    rsa_pss(NAMED(CKM_SHA3_512_RSA_PKCS_PSS), D::kSha3_512, {}),
    rsa_oaep(),
    {NAMED(CKM_EC_KEY_PAIR_GEN), kEcMin, kEcMax, CKF_HW | CKF_GENERATE_KEY_PAIR | kEcFlags, KeyFamily::kEc},
    ecdsa(NAMED(CKM_ECDSA), std::nullopt),
    ecdsa(NAMED(CKM_ECDSA_SHA1), D::kSha1),
    ecdsa(NAMED(CKM_ECDSA_SHA224), D::kSha224),
    ecdsa(NAMED(CKM_ECDSA_SHA256), D::kSha256),
    ecdsa(NAMED(CKM_ECDSA_SHA384), D::kSha384),
    ecdsa(NAMED(CKM_ECDSA_SHA512), D::kSha512),
    ecdsa(NAMED(CKM_ECDSA_SHA3_224), D::kSha3_224),
    ecdsa(NAMED(CKM_ECDSA_SHA3_256), D::kSha3_256),
    ecdsa(NAMED(CKM_ECDSA_SHA3_384), D::kSha3_384),
    ecdsa(NAMED(CKM_ECDSA_SHA3_512), D::kSha3_512),
    {NAMED(CKM_EC_EDWARDS_KEY_PAIR_GEN), kEdwardsBits, kEdwardsBits, CKF_HW | CKF_GENERATE_KEY_PAIR,
     KeyFamily::kEdwards},
    // The device does pure Ed25519 only, which has no parameter: CK_EDDSA_PARAMS, even with nothing set,
    // stand for Ed25519ctx or Ed25519ph.
    {.type = CKM_EDDSA,
     .name = "CKM_EDDSA",
     .min_key_size = kEdwardsBits,
     .max_key_size = kEdwardsBits,
     .flags = kSign,
     .family = KeyFamily::kEdwards,
     .scheme = Scheme::kEdDsa,
     .sign = {M::kEdDsaSignature}},
    {.type = CKM_NETHSM_BIP340,
     .name = "CKM_NETHSM_BIP340",
     .min_key_size = kEcMin,
     .max_key_size = kEcMin,
     .flags = kSign | kEcFlags,
     .family = KeyFamily::kEc,
     .scheme = Scheme::kBip340,
     .sign = {M::kBip340Signature}},
    aes(NAMED(CKM_AES_KEY_GEN), CKF_HW | CKF_GENERATE, Parameter::kNone),
    aes_cbc(NAMED(CKM_AES_CBC)),
    aes_cbc(NAMED(CKM_AES_CBC_PAD)),
    aes_cmac(NAMED(CKM_AES_CMAC), Parameter::kNone),
    aes_cmac(NAMED(CKM_AES_CMAC_GENERAL), Parameter::kMacLength),
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

#undef NAMED

constexpr bool types_are_unique() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (kRows[i].type == kRows[j].type) return false;
    }
  }
  return true;
}
static_assert(types_are_unique());

// What is advertised is what the device columns, and public keys in the module, can do. Both ways always:
// SunPKCS11 leaves out a mechanism that only signs or only decrypts.
constexpr bool flags_agree_with_modes(const MechanismRow& row) {
  const auto has = [&](CK_FLAGS flag) { return (row.flags & flag) != 0; };
  return has(CKF_SIGN) == !row.sign.empty() && has(CKF_VERIFY) == has(CKF_SIGN) &&
         has(CKF_DECRYPT) == !row.decrypt.empty() && has(CKF_ENCRYPT) == has(CKF_DECRYPT) &&
         has(CKF_HW) == (row.family != KeyFamily::kNone);
}
constexpr bool digest_agrees_with_use(const MechanismRow& row) {
  if ((row.flags & CKF_DIGEST) != 0) return row.digest.has_value();
  return (row.scheme != Scheme::kNone) == ((row.flags & CKF_SIGN) != 0);
}
static_assert(std::ranges::all_of(kRows, flags_agree_with_modes));
static_assert(std::ranges::all_of(kRows, digest_agrees_with_use));
static_assert(std::ranges::all_of(kRows,
                                  [](const auto& row) { return row.min_key_size <= row.max_key_size; }));

}  // namespace

std::span<const MechanismRow> mechanism_rows() { return kRows; }

}  // namespace nethsm::token
