// SPDX-License-Identifier: Apache-2.0
// C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal, C_GetObjectSize.
#include <algorithm>
#include <string>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

std::vector<CK_OBJECT_HANDLE> sorted(std::vector<CK_OBJECT_HANDLE> handles) {
  std::ranges::sort(handles);
  return handles;
}

constexpr const char* kFind = "§2 Find";

constexpr Check kChecks[] = {
    {"C_FindObjects: the same objects by 1, 10 and 1024 a call", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       const auto by_ten = sorted(p.find(session, {}, 10));
       EXPECT_THAT(by_ten.size() >= 5);
       EXPECT_THAT(by_ten == sorted(p.find(session, {}, 1)));
       EXPECT_THAT(by_ten == sorted(p.find(session, {}, 1024)));
       EXPECT_THAT(std::ranges::adjacent_find(by_ten) == by_ten.end());
     }},
    {"C_FindObjects: a label matches as a whole, not as a prefix", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       const std::string label = kRsaKey;
       EXPECT_THAT(p.find(session, Attributes().text(CKA_LABEL, label)).size() >= 2);
       EXPECT_THAT(p.find(session, Attributes().text(CKA_LABEL, label.substr(0, label.size() - 1))).empty());
       EXPECT_THAT(p.find(session, Attributes().text(CKA_LABEL, label + "x")).empty());
     }},
    {"C_FindObjects: all attributes of the template must match", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       const auto with = [&](CK_KEY_TYPE type) {
         Attributes wanted = Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY).text(CKA_ID, kEcKey);
         return p.find(session, wanted.number(CKA_KEY_TYPE, type).flag(CKA_TOKEN, true)).size();
       };
       EXPECT_THAT(with(CKK_EC) == 1);
       EXPECT_THAT(with(CKK_RSA) == 0);
     }},
    {"C_FindObjects: every attribute of an object finds it", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       const CK_OBJECT_HANDLE key = p.rsa_public(session);
       for (const CK_ATTRIBUTE_TYPE type : {CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID,
                                            CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_VERIFY}) {
         const Filled value = p.attribute(session, key, type);
         EXPECT(value.rv, CKR_OK);
         const auto found = p.find(session, Attributes().bytes(type, value.bytes));
         EXPECT_THAT(std::ranges::find(found, key) != found.end());
       }
     }},
    {"C_FindObjects: before C_FindObjectsInit it is CKR_OPERATION_NOT_INITIALIZED", kFind,
     [](Provider& p) {
       CK_OBJECT_HANDLE object = 0;
       CK_ULONG count = 0;
       EXPECT(p.c.C_FindObjects(p.open(), &object, 1, &count), CKR_OPERATION_NOT_INITIALIZED);
     }},
    {"C_FindObjects: after C_FindObjectsFinal it is CKR_OPERATION_NOT_INITIALIZED", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       p.find(session);
       CK_OBJECT_HANDLE object = 0;
       CK_ULONG count = 0;
       EXPECT(p.c.C_FindObjects(session, &object, 1, &count), CKR_OPERATION_NOT_INITIALIZED);
     }},
    {"C_FindObjectsFinal: without C_FindObjectsInit it is CKR_OPERATION_NOT_INITIALIZED", kFind,
     [](Provider& p) { EXPECT(p.c.C_FindObjectsFinal(p.open()), CKR_OPERATION_NOT_INITIALIZED); }},
    {"C_FindObjectsInit: a second one is CKR_OPERATION_ACTIVE", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.c.C_FindObjectsInit(session, nullptr, 0), CKR_OK);
       EXPECT(p.c.C_FindObjectsInit(session, nullptr, 0), CKR_OPERATION_ACTIVE);
     }},
    {"C_FindObjectsInit: a NULL template with a count is CKR_ARGUMENTS_BAD", kFind,
     [](Provider& p) { EXPECT(p.c.C_FindObjectsInit(p.open(), nullptr, 1), CKR_ARGUMENTS_BAD); }},
    {"C_FindObjects: a bad session is CKR_SESSION_HANDLE_INVALID", kFind,
     [](Provider& p) {
       CK_OBJECT_HANDLE object = 0;
       CK_ULONG count = 0;
       EXPECT(p.c.C_FindObjectsInit(kNoSuchSession, nullptr, 0), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_FindObjects(kNoSuchSession, &object, 1, &count), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_FindObjectsFinal(kNoSuchSession), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_FindObjects: a NULL buffer or count is CKR_ARGUMENTS_BAD", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.c.C_FindObjectsInit(session, nullptr, 0), CKR_OK);
       CK_OBJECT_HANDLE object = 0;
       CK_ULONG count = 0;
       EXPECT(p.c.C_FindObjects(session, nullptr, 1, &count), CKR_ARGUMENTS_BAD);
       EXPECT(p.c.C_FindObjects(session, &object, 1, nullptr), CKR_ARGUMENTS_BAD);
     }},
    {"C_FindObjects: a public session sees no private object", kFind,
     [](Provider& p) {
       p.needs_public_sessions();
       const CK_SESSION_HANDLE session = p.open();
       for (const CK_OBJECT_HANDLE object : p.find(session)) {
         const Filled is_private = p.attribute(session, object, CKA_PRIVATE);
         EXPECT(is_private.rv, CKR_OK);
         EXPECT_THAT(is_private.bytes == Bytes{CK_FALSE});
       }
       EXPECT_THAT(p.find(session, Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)).empty());
     }},
    {"C_FindObjects: the user sees private and public keys", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       p.rsa_private(session);
       p.rsa_public(session);
       p.aes(session);
     }},
    {"C_GetObjectSize: works on every object found", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       for (const CK_OBJECT_HANDLE object : p.find(session)) {
         CK_ULONG bytes = 0;
         EXPECT(p.c.C_GetObjectSize(session, object, &bytes), CKR_OK);
         EXPECT_THAT(bytes != 0);
       }
     }},
    {"C_GetObjectSize: bad handles and NULL are refused", kFind,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_ULONG bytes = 0;
       EXPECT(p.c.C_GetObjectSize(kNoSuchSession, p.rsa_public(session), &bytes), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_GetObjectSize(session, kNoSuchObject, &bytes), CKR_OBJECT_HANDLE_INVALID);
       EXPECT(p.c.C_GetObjectSize(session, p.rsa_public(session), nullptr), CKR_ARGUMENTS_BAD);
     }},
};

}  // namespace

Checks find_checks() { return kChecks; }

}  // namespace nethsm::conformance
