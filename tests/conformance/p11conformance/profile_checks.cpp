// SPDX-License-Identifier: Apache-2.0
// The OASIS profiles: their objects, and the steps of their test cases (PKCS #11 Profiles v3.1, BL-M-1-31,
// EXT-M-1-31, AUTH-M-1-31), with this token's names and keys in place of the sample data.
#include <algorithm>

#include "check.h"
#include "fixture/openssl.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

bool claims(Provider& p, CK_SESSION_HANDLE session, CK_PROFILE_ID profile) {
  return !p.find(session, Attributes().number(CKA_CLASS, CKO_PROFILE).number(CKA_PROFILE_ID, profile))
              .empty();
}

template <CK_PROFILE_ID profile>
void has_profile_object(Provider& p) {
  EXPECT_THAT(claims(p, p.open(kReadOnly), profile));
  EXPECT_THAT(claims(p, p.user_session(), profile));
}

void profiles_stay(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const auto profiles = p.find(session, Attributes().number(CKA_CLASS, CKO_PROFILE));
  EXPECT_THAT(!profiles.empty());
  Attributes changes = Attributes().text(CKA_LABEL, "another");
  for (const CK_OBJECT_HANDLE profile : profiles) {
    CK_OBJECT_HANDLE copy = 0;
    EXPECT(p.c.C_SetAttributeValue(session, profile, changes.data(), changes.size()), CKR_ACTION_PROHIBITED);
    EXPECT(p.c.C_CopyObject(session, profile, changes.data(), changes.size(), &copy), CKR_ACTION_PROHIBITED);
    EXPECT(p.c.C_DestroyObject(session, profile), CKR_ACTION_PROHIBITED);
  }
  EXPECT_THAT(p.find(session, Attributes().number(CKA_CLASS, CKO_PROFILE)) == profiles);
}

void each_mechanism_has_an_object(Provider& p) {
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetMechanismList(p.slot, nullptr, &count), CKR_OK);
  std::vector<CK_MECHANISM_TYPE> types(count);
  EXPECT(p.c.C_GetMechanismList(p.slot, types.data(), &count), CKR_OK);
  const CK_SESSION_HANDLE session = p.open(kReadOnly);
  const auto of_class = Attributes().number(CKA_CLASS, CKO_MECHANISM);
  EXPECT_THAT(p.find(session, of_class).size() == types.size());
  const auto everything = p.find(session);
  for (const CK_MECHANISM_TYPE type : types) {
    const auto found = p.find(session, Attributes(of_class).number(CKA_MECHANISM_TYPE, type));
    EXPECT_THAT(found.size() == 1);
    EXPECT_THAT(std::ranges::find(everything, found.front()) == everything.end());
  }
}

// From C_Initialize to C_GetTokenInfo: what all three cases begin with.
void begin(Provider& p) {
  EXPECT(p.c.C_Finalize(nullptr), CKR_OK);
  EXPECT(p.c.C_Initialize(nullptr), CKR_OK);
  CK_INFO info{};
  EXPECT(p.c.C_GetInfo(&info), CKR_OK);
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetSlotList(CK_TRUE, nullptr, &count), CKR_OK);
  EXPECT_THAT(count >= 1);
  std::vector<CK_SLOT_ID> slots(count);
  EXPECT(p.c.C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  EXPECT_THAT(std::ranges::find(slots, p.slot) != slots.end());
  CK_SLOT_INFO slot_info{};
  EXPECT(p.c.C_GetSlotInfo(p.slot, &slot_info), CKR_OK);
  CK_TOKEN_INFO token_info{};
  EXPECT(p.c.C_GetTokenInfo(p.slot, &token_info), CKR_OK);
}

void end(Provider& p, CK_SESSION_HANDLE session) {
  EXPECT(p.c.C_CloseSession(session), CKR_OK);
  EXPECT(p.c.C_CloseAllSessions(p.slot), CKR_OK);
  EXPECT(p.c.C_Finalize(nullptr), CKR_OK);
}

void baseline(Provider& p) {
  begin(p);
  const CK_SESSION_HANDLE session = p.open(kReadOnly);
  CK_SESSION_INFO info{};
  EXPECT(p.c.C_GetSessionInfo(session, &info), CKR_OK);
  for (const CK_OBJECT_HANDLE object : p.find(session, Attributes().flag(CKA_TOKEN, true))) {
    EXPECT(p.attribute(session, object, CKA_CLASS).rv, CKR_OK);
  }
  end(p, session);
}

void baseline_attributes(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const CK_OBJECT_HANDLE key = p.rsa_public(session);
  for (const CK_ATTRIBUTE_TYPE type :
       {CKA_CLASS, CKA_TOKEN, CKA_ID, CKA_PRIVATE, CKA_MODIFIABLE, CKA_LABEL, CKA_UNIQUE_ID}) {
    EXPECT(p.attribute(session, key, type).rv, CKR_OK);
  }
  const CK_OBJECT_HANDLE certificate = p.find_one(session, CKO_CERTIFICATE, kRsaKey);
  EXPECT(p.attribute(session, certificate, CKA_VALUE).rv, CKR_OK);
}

void unique_ids_differ(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  std::vector<Bytes> ids;
  for (const CK_OBJECT_HANDLE object : p.find(session)) {
    const Filled id = p.attribute(session, object, CKA_UNIQUE_ID);
    EXPECT(id.rv, CKR_OK);
    EXPECT_THAT(!id.bytes.empty());
    EXPECT_THAT(std::ranges::find(ids, id.bytes) == ids.end());
    ids.push_back(id.bytes);
    EXPECT_THAT(p.find(session, Attributes().bytes(CKA_UNIQUE_ID, id.bytes)) == std::vector{object});
  }
}

void extended(Provider& p) {
  begin(p);
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetMechanismList(p.slot, nullptr, &count), CKR_OK);
  std::vector<CK_MECHANISM_TYPE> types(count);
  EXPECT(p.c.C_GetMechanismList(p.slot, types.data(), &count), CKR_OK);
  for (const CK_MECHANISM_TYPE sample : {CKM_SHA256, CKM_RSA_PKCS_KEY_PAIR_GEN}) {
    EXPECT_THAT(std::ranges::find(types, sample) != types.end());
    CK_MECHANISM_INFO info{};
    EXPECT(p.c.C_GetMechanismInfo(p.slot, sample, &info), CKR_OK);
  }
  const CK_SESSION_HANDLE session = p.open(kReadOnly);
  EXPECT(p.login(session, CKU_USER), CKR_OK);
  EXPECT_THAT(p.find(session, Attributes().flag(CKA_TOKEN, true)).size() >= 5);
  EXPECT(p.c.C_Logout(session), CKR_OK);
  end(p, session);
}

void login_user(Provider& p) {
  const auto get = p.module.symbol<CK_C_GetInterface>("C_GetInterface");
  if (get == nullptr) throw Failure{"there is no C_GetInterface"};
  CK_INTERFACE* interface = nullptr;
  CK_VERSION version{3, 0};
  EXPECT(get(pin("PKCS 11"), &version, &interface, 0), CKR_OK);
  const auto& list = *static_cast<const CK_FUNCTION_LIST_3_0*>(interface->pFunctionList);
  const CK_SESSION_HANDLE session = p.open();
  EXPECT(list.C_LoginUser(session, CKU_USER, pin(p.options.user_pin), size(p.options.user_pin),
                          pin(p.options.user_name), size(p.options.user_name)),
         CKR_OK);
  EXPECT_THAT(p.state(session) == CKS_RW_USER_FUNCTIONS);
  EXPECT(p.c.C_Logout(session), CKR_OK);
}

void authentication(Provider& p) {
  begin(p);
  const CK_SESSION_HANDLE session = p.open(kReadWrite);
  EXPECT(p.login(session, CKU_USER), CKR_OK);
  const auto find = [&](CK_OBJECT_CLASS object_class) {
    Attributes wanted = Attributes().flag(CKA_TOKEN, true).text(CKA_LABEL, kRsaKey);
    const auto found = p.find(session, wanted.number(CKA_CLASS, object_class));
    EXPECT_THAT(found.size() == 1);
    return found.front();
  };
  const CK_OBJECT_HANDLE public_key = find(CKO_PUBLIC_KEY);
  const Filled modulus = p.attribute(session, public_key, CKA_MODULUS);
  const Filled exponent = p.attribute(session, public_key, CKA_PUBLIC_EXPONENT);
  EXPECT(modulus.rv, CKR_OK);
  EXPECT(exponent.rv, CKR_OK);

  const Bytes request_body = to_bytes("stands for the body of a certification request");
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  EXPECT(p.c.C_SignInit(session, &mechanism, find(CKO_PRIVATE_KEY)), CKR_OK);
  Bytes signature(256);
  CK_ULONG length = signature.size();
  EXPECT(p.c.C_Sign(session, in(request_body), size(request_body), signature.data(), &length), CKR_OK);
  EXPECT_THAT(length == 256);
  const test::EvpKey key = test::rsa_public_key(modulus.bytes, exponent.bytes);
  EXPECT_THAT(test::rsa_verifies(key, request_body, signature, {.digest = "SHA256"}));
  EXPECT(p.c.C_Logout(session), CKR_OK);
  end(p, session);
}

// Only a module that claims the profile must have its certificates readable without login.
void public_certificates(Provider& p) {
  const CK_SESSION_HANDLE session = p.open(kReadOnly);
  if (!claims(p, session, CKP_PUBLIC_CERTIFICATES_TOKEN)) throw NotApplicable{"the token does not claim it"};
  const auto certificates = p.find(session, Attributes().number(CKA_CLASS, CKO_CERTIFICATE));
  EXPECT_THAT(!certificates.empty());
  for (const CK_OBJECT_HANDLE certificate : certificates) {
    EXPECT(p.attribute(session, certificate, CKA_VALUE).rv, CKR_OK);
    const Filled id = p.attribute(session, certificate, CKA_ID);
    EXPECT(id.rv, CKR_OK);
    const auto with_id = p.find(session, Attributes().bytes(CKA_ID, id.bytes));
    EXPECT_THAT(with_id.size() >= 2);
  }
}

constexpr const char* kBaseline = "§3 Baseline Provider";
constexpr const char* kExtended = "§3 Extended Provider";
constexpr const char* kAuthentication = "§3 Authentication Token";
constexpr const char* kCertificates = "§3 Public Certificates Token";

constexpr Check kChecks[] = {
    {"Baseline Provider: the steps of BL-M-1-31", kBaseline, baseline},
    {"Baseline Provider: the attributes that the profile names", kBaseline, baseline_attributes},
    {"Baseline Provider: CKA_UNIQUE_ID is each object's own and finds it", kBaseline, unique_ids_differ},
    {"Baseline Provider: its CKO_PROFILE object", kBaseline, has_profile_object<CKP_BASELINE_PROVIDER>},
    {"Extended Provider: the steps of EXT-M-1-31", kExtended, extended},
    {"Extended Provider: C_LoginUser", kExtended, login_user},
    {"Extended Provider: its CKO_PROFILE object", kExtended, has_profile_object<CKP_EXTENDED_PROVIDER>},
    {"Authentication Token: the steps of AUTH-M-1-31", kAuthentication, authentication},
    {"Authentication Token: its CKO_PROFILE object", kAuthentication,
     has_profile_object<CKP_AUTHENTICATION_TOKEN>},
    {"Profile objects: they cannot be changed, copied or destroyed", kBaseline, profiles_stay},
    {"Mechanism objects: one for each mechanism, found only by their class", "§4 CKO_MECHANISM",
     each_mechanism_has_an_object},
    {"Public Certificates Token: certificates and their keys are found without login", kCertificates,
     public_certificates},
};

}  // namespace

Checks profile_checks() { return kChecks; }

}  // namespace nethsm::conformance
