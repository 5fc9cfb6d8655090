// SPDX-License-Identifier: Apache-2.0
// Sessions and their states.
#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

CK_SESSION_INFO session_info(Provider& p, CK_SESSION_HANDLE session) {
  CK_SESSION_INFO info{};
  EXPECT(p.c.C_GetSessionInfo(session, &info), CKR_OK);
  return info;
}

constexpr const char* kOpen = "§2 C_OpenSession";
constexpr const char* kClose = "§2 C_CloseSession/GetSessionInfo";
constexpr const char* kStates = "§2 States";
constexpr const char* kParallel = "§2 GetFunctionStatus/CancelFunction";

constexpr Check kChecks[] = {
    {"C_OpenSession: without CKF_SERIAL_SESSION it is CKR_SESSION_PARALLEL_NOT_SUPPORTED", kOpen,
     [](Provider& p) {
       CK_SESSION_HANDLE session = 0;
       EXPECT(p.c.C_OpenSession(p.slot, 0, nullptr, nullptr, &session), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
       EXPECT(p.c.C_OpenSession(p.slot, CKF_RW_SESSION, nullptr, nullptr, &session),
              CKR_SESSION_PARALLEL_NOT_SUPPORTED);
     }},
    {"C_OpenSession: a bad slot is CKR_SLOT_ID_INVALID", kOpen,
     [](Provider& p) {
       CK_SESSION_HANDLE session = 0;
       EXPECT(p.c.C_OpenSession(kNoSuchSlot, kReadOnly, nullptr, nullptr, &session), CKR_SLOT_ID_INVALID);
     }},
    {"C_OpenSession: a NULL handle is refused", kOpen,
     [](Provider& p) {
       EXPECT(p.c.C_OpenSession(p.slot, kReadOnly, nullptr, nullptr, nullptr), CKR_ARGUMENTS_BAD,
              CKR_FUNCTION_FAILED);
     }},
    {"C_OpenSession: read-only while the SO is logged in is CKR_SESSION_READ_WRITE_SO_EXISTS", kOpen,
     [](Provider& p) {
       EXPECT(p.login(p.open(), CKU_SO), CKR_OK);
       CK_SESSION_HANDLE session = 0;
       EXPECT(p.c.C_OpenSession(p.slot, kReadOnly, nullptr, nullptr, &session),
              CKR_SESSION_READ_WRITE_SO_EXISTS);
     }},
    {"C_OpenSession: each session has a handle of its own, never CK_INVALID_HANDLE", kOpen,
     [](Provider& p) {
       const CK_SESSION_HANDLE one = p.open(), two = p.open();
       EXPECT_THAT(one != two && one != CK_INVALID_HANDLE && two != CK_INVALID_HANDLE);
     }},

    {"C_CloseSession: a closed session is CKR_SESSION_HANDLE_INVALID", kClose,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.c.C_CloseSession(session), CKR_OK);
       EXPECT(p.c.C_CloseSession(session), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_CloseSession: a bad handle is CKR_SESSION_HANDLE_INVALID", kClose,
     [](Provider& p) {
       EXPECT(p.c.C_CloseSession(kNoSuchSession), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_CloseSession(CK_INVALID_HANDLE), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GetSessionInfo: a closed session is CKR_SESSION_HANDLE_INVALID", kClose,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.c.C_CloseSession(session), CKR_OK);
       CK_SESSION_INFO info{};
       EXPECT(p.c.C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GetSessionInfo: a bad handle is CKR_SESSION_HANDLE_INVALID", kClose,
     [](Provider& p) {
       CK_SESSION_INFO info{};
       EXPECT(p.c.C_GetSessionInfo(kNoSuchSession, &info), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GetSessionInfo: NULL is CKR_ARGUMENTS_BAD", kClose,
     [](Provider& p) { EXPECT(p.c.C_GetSessionInfo(p.open(), nullptr), CKR_ARGUMENTS_BAD); }},
    {"C_CloseAllSessions: a bad slot is CKR_SLOT_ID_INVALID", kClose,
     [](Provider& p) { EXPECT(p.c.C_CloseAllSessions(kNoSuchSlot), CKR_SLOT_ID_INVALID); }},
    {"C_CloseAllSessions: with none open it is fine", kClose,
     [](Provider& p) { EXPECT(p.c.C_CloseAllSessions(p.slot), CKR_OK); }},
    {"C_CloseAllSessions: closes them all", kClose,
     [](Provider& p) {
       const CK_SESSION_HANDLE one = p.open(), two = p.open(kReadOnly);
       EXPECT(p.c.C_CloseAllSessions(p.slot), CKR_OK);
       EXPECT(p.c.C_CloseSession(one), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_CloseSession(two), CKR_SESSION_HANDLE_INVALID);
     }},

    {"C_GetSessionInfo: a session without login is public, if the token needs a login", kStates,
     [](Provider& p) {
       p.needs_public_sessions();
       EXPECT_THAT(session_info(p, p.open(kReadOnly)).state == CKS_RO_PUBLIC_SESSION);
       EXPECT_THAT(session_info(p, p.open(kReadWrite)).state == CKS_RW_PUBLIC_SESSION);
     }},
    {"C_GetSessionInfo: a session without login is the user's, if the token needs no login", kStates,
     [](Provider& p) {
       if (p.login_required) throw NotApplicable{"the token needs a login"};
       EXPECT_THAT(session_info(p, p.open(kReadOnly)).state == CKS_RO_USER_FUNCTIONS);
       EXPECT_THAT(session_info(p, p.open(kReadWrite)).state == CKS_RW_USER_FUNCTIONS);
     }},
    {"C_GetSessionInfo: a login by one session changes all, a logout by another changes them back", kStates,
     [](Provider& p) {
       const CK_SESSION_HANDLE read_only = p.open(kReadOnly), read_write = p.open(kReadWrite);
       const CK_STATE before = p.state(read_only), before_write = p.state(read_write);
       EXPECT(p.login(read_only, CKU_USER), CKR_OK);
       EXPECT_THAT(p.state(read_only) == CKS_RO_USER_FUNCTIONS);
       EXPECT_THAT(p.state(read_write) == CKS_RW_USER_FUNCTIONS);
       EXPECT(p.c.C_Logout(read_write), CKR_OK);
       EXPECT_THAT(p.state(read_only) == before);
       EXPECT_THAT(p.state(read_write) == before_write);
     }},
    {"C_GetSessionInfo: a session opened after the login is the user's", kStates,
     [](Provider& p) {
       EXPECT(p.login(p.open(), CKU_USER), CKR_OK);
       EXPECT_THAT(p.state(p.open(kReadOnly)) == CKS_RO_USER_FUNCTIONS);
     }},
    {"C_CloseSession: closing the last session logs out", kStates,
     [](Provider& p) {
       p.needs_public_sessions();
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.login(session, CKU_USER), CKR_OK);
       EXPECT(p.c.C_CloseSession(session), CKR_OK);
       EXPECT_THAT(p.state(p.open()) == CKS_RW_PUBLIC_SESSION);
     }},
    {"C_GetSessionInfo: reports the flags and the slot", kStates,
     [](Provider& p) {
       const CK_SESSION_INFO read_only = session_info(p, p.open(kReadOnly));
       EXPECT_THAT(read_only.flags == kReadOnly && read_only.slotID == p.slot);
       const CK_SESSION_INFO read_write = session_info(p, p.open(kReadWrite));
       EXPECT_THAT(read_write.flags == kReadWrite && read_write.slotID == p.slot);
     }},

    {"C_GetFunctionStatus: CKR_FUNCTION_NOT_PARALLEL", kParallel,
     [](Provider& p) { EXPECT(p.c.C_GetFunctionStatus(p.open()), CKR_FUNCTION_NOT_PARALLEL); }},
    {"C_CancelFunction: CKR_FUNCTION_NOT_PARALLEL", kParallel,
     [](Provider& p) { EXPECT(p.c.C_CancelFunction(p.open()), CKR_FUNCTION_NOT_PARALLEL); }},
};

}  // namespace

Checks session_checks() { return kChecks; }

}  // namespace nethsm::conformance
