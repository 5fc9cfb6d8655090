// SPDX-License-Identifier: Apache-2.0
// C_GetMechanismList, C_GetMechanismInfo.
#include <algorithm>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr CK_FLAGS kSigns = CKF_SIGN | CKF_VERIFY;
constexpr CK_FLAGS kCipher = CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP;
constexpr CK_FLAGS kRecovers = CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER;
constexpr CK_FLAGS kEllipticCurve = CKF_EC_F_P | CKF_EC_F_2M | CKF_EC_ECPARAMETERS | CKF_EC_OID |
                                    CKF_EC_UNCOMPRESS | CKF_EC_COMPRESS | CKF_EC_CURVENAME;

// What the standard lets a mechanism do (v3.2 §6, the tables at the heads of the sections).
struct Ability {
  CK_MECHANISM_TYPE type;
  CK_FLAGS flags;
};
constexpr Ability kAbilities[] = {
    {CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR},
    {CKM_RSA_PKCS, kSigns | kRecovers | kCipher},
    {CKM_RSA_X_509, kSigns | kRecovers | kCipher},
    {CKM_RSA_PKCS_OAEP, kCipher},
    {CKM_RSA_PKCS_PSS, kSigns},
    {CKM_SHA1_RSA_PKCS, kSigns},
    {CKM_SHA224_RSA_PKCS, kSigns},
    {CKM_SHA256_RSA_PKCS, kSigns},
    {CKM_SHA384_RSA_PKCS, kSigns},
    {CKM_SHA512_RSA_PKCS, kSigns},
    {CKM_SHA3_224_RSA_PKCS, kSigns},
    {CKM_SHA3_256_RSA_PKCS, kSigns},
    {CKM_SHA3_384_RSA_PKCS, kSigns},
    {CKM_SHA3_512_RSA_PKCS, kSigns},
    {CKM_SHA1_RSA_PKCS_PSS, kSigns},
    {CKM_SHA224_RSA_PKCS_PSS, kSigns},
    {CKM_SHA256_RSA_PKCS_PSS, kSigns},
    {CKM_SHA384_RSA_PKCS_PSS, kSigns},
    {CKM_SHA512_RSA_PKCS_PSS, kSigns},
    {CKM_SHA3_224_RSA_PKCS_PSS, kSigns},
    {CKM_SHA3_256_RSA_PKCS_PSS, kSigns},
    {CKM_SHA3_384_RSA_PKCS_PSS, kSigns},
    {CKM_SHA3_512_RSA_PKCS_PSS, kSigns},
    {CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR | kEllipticCurve},
    {CKM_EC_EDWARDS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR | kEllipticCurve},
    {CKM_ECDSA, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA1, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA224, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA256, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA384, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA512, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA3_224, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA3_256, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA3_384, kSigns | kEllipticCurve},
    {CKM_ECDSA_SHA3_512, kSigns | kEllipticCurve},
    {CKM_EDDSA, kSigns | kEllipticCurve},
    {CKM_ECDH1_DERIVE, CKF_DERIVE | kEllipticCurve},
    {CKM_AES_KEY_GEN, CKF_GENERATE},
    {CKM_AES_ECB, kCipher},
    {CKM_AES_CBC, kCipher},
    {CKM_AES_CBC_PAD, kCipher},
    {CKM_AES_CTR, kCipher},
    {CKM_AES_GCM, kCipher},
    {CKM_AES_CMAC, kSigns},
    {CKM_AES_CMAC_GENERAL, kSigns},
    {CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE},
    {CKM_SHA_1, CKF_DIGEST},
    {CKM_SHA224, CKF_DIGEST},
    {CKM_SHA256, CKF_DIGEST},
    {CKM_SHA384, CKF_DIGEST},
    {CKM_SHA512, CKF_DIGEST},
    {CKM_SHA3_224, CKF_DIGEST},
    {CKM_SHA3_256, CKF_DIGEST},
    {CKM_SHA3_384, CKF_DIGEST},
    {CKM_SHA3_512, CKF_DIGEST},
    {CKM_MD5, CKF_DIGEST},
};

std::vector<CK_MECHANISM_TYPE> mechanisms(Provider& p) {
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetMechanismList(p.slot, nullptr, &count), CKR_OK);
  std::vector<CK_MECHANISM_TYPE> list(count);
  EXPECT(p.c.C_GetMechanismList(p.slot, list.data(), &count), CKR_OK);
  EXPECT_THAT(count == list.size());
  return list;
}

CK_MECHANISM_INFO mechanism_info(Provider& p, CK_MECHANISM_TYPE type) {
  CK_MECHANISM_INFO info{};
  EXPECT(p.c.C_GetMechanismInfo(p.slot, type, &info), CKR_OK);
  return info;
}

constexpr const char* kList = "§2 C_GetMechanismList";
constexpr const char* kInfo = "§2 C_GetMechanismInfo";

constexpr Check kChecks[] = {
    {"C_GetMechanismList: no mechanism is listed twice", kList,
     [](Provider& p) {
       auto list = mechanisms(p);
       std::ranges::sort(list);
       EXPECT_THAT(std::ranges::adjacent_find(list) == list.end());
     }},
    {"C_GetMechanismList: too small a buffer is CKR_BUFFER_TOO_SMALL and tells the count", kList,
     [](Provider& p) {
       auto list = mechanisms(p);
       CK_ULONG count = list.size() - 1;
       EXPECT(p.c.C_GetMechanismList(p.slot, list.data(), &count), CKR_BUFFER_TOO_SMALL);
       EXPECT_THAT(count == list.size());
     }},
    {"C_GetMechanismList: too large a buffer is fine and the count set", kList,
     [](Provider& p) {
       auto list = mechanisms(p);
       const CK_ULONG all = list.size();
       list.resize(all + 5);
       CK_ULONG count = list.size();
       EXPECT(p.c.C_GetMechanismList(p.slot, list.data(), &count), CKR_OK);
       EXPECT_THAT(count == all);
     }},
    {"C_GetMechanismList: a NULL count is CKR_ARGUMENTS_BAD", kList,
     [](Provider& p) { EXPECT(p.c.C_GetMechanismList(p.slot, nullptr, nullptr), CKR_ARGUMENTS_BAD); }},
    {"C_GetMechanismList: a bad slot is CKR_SLOT_ID_INVALID", kList,
     [](Provider& p) {
       CK_ULONG count = 0;
       EXPECT(p.c.C_GetMechanismList(kNoSuchSlot, nullptr, &count), CKR_SLOT_ID_INVALID);
     }},

    {"C_GetMechanismInfo: the smallest key is no larger than the largest", kInfo,
     [](Provider& p) {
       for (const CK_MECHANISM_TYPE type : mechanisms(p)) {
         const CK_MECHANISM_INFO info = mechanism_info(p, type);
         EXPECT_THAT(info.ulMinKeySize <= info.ulMaxKeySize);
       }
     }},
    {"C_GetMechanismInfo: the flags are among those that the mechanism can have", kInfo,
     [](Provider& p) {
       for (const CK_MECHANISM_TYPE type : mechanisms(p)) {
         const auto* row = std::ranges::find(kAbilities, type, &Ability::type);
         if (row == std::end(kAbilities)) continue;
         const CK_FLAGS flags = mechanism_info(p, type).flags & ~CK_FLAGS{CKF_HW};
         EXPECT_THAT(flags != 0);
         EXPECT_THAT((flags & ~row->flags) == 0);
       }
     }},
    {"C_GetMechanismInfo: a vendor's mechanism is CKR_MECHANISM_INVALID", kInfo,
     [](Provider& p) {
       CK_MECHANISM_INFO info{};
       EXPECT(p.c.C_GetMechanismInfo(p.slot, CKM_VENDOR_DEFINED | 0x7777, &info), CKR_MECHANISM_INVALID);
     }},
    {"C_GetMechanismInfo: a bad slot is CKR_SLOT_ID_INVALID", kInfo,
     [](Provider& p) {
       CK_MECHANISM_INFO info{};
       EXPECT(p.c.C_GetMechanismInfo(kNoSuchSlot, CKM_RSA_PKCS, &info), CKR_SLOT_ID_INVALID);
     }},
    {"C_GetMechanismInfo: NULL is refused", kInfo,
     [](Provider& p) {
       EXPECT(p.c.C_GetMechanismInfo(p.slot, CKM_RSA_PKCS, nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED);
     }},
};

}  // namespace

Checks mechanism_checks() { return kChecks; }

}  // namespace nethsm::conformance
