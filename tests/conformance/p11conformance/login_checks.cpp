// SPDX-License-Identifier: Apache-2.0
// C_Login, C_Logout.
#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr CK_USER_TYPE kNoSuchUserType = 99;

CK_RV wrong_pin(Provider& p, CK_SESSION_HANDLE session, CK_USER_TYPE type) {
  constexpr std::string_view text = "certainly-not-it";
  return p.c.C_Login(session, type, pin(text), size(text));
}

template <CK_USER_TYPE type>
void wrong_pin_logs_nobody_in(Provider& p) {
  const CK_SESSION_HANDLE session = p.open();
  const CK_STATE before = p.state(session);
  EXPECT(wrong_pin(p, session, type), CKR_PIN_INCORRECT);
  EXPECT_THAT(p.state(session) == before);
  EXPECT(p.login(session, type), CKR_OK);
}

template <CK_USER_TYPE type, CK_FLAGS low>
void count_is_low_after_wrong_pin(Provider& p) {
  const CK_SESSION_HANDLE session = p.open();
  EXPECT(wrong_pin(p, session, type), CKR_PIN_INCORRECT);
  EXPECT_THAT((p.token_info().flags & low) != 0);
  EXPECT(p.login(session, type), CKR_OK);
  EXPECT_THAT((p.token_info().flags & low) == 0);
}

template <CK_USER_TYPE first, CK_USER_TYPE second>
void another_is_logged_in(Provider& p) {
  const CK_SESSION_HANDLE session = p.open();
  EXPECT(p.login(session, first), CKR_OK);
  EXPECT(p.login(session, second), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
}

template <CK_USER_TYPE type>
void second_logout(Provider& p) {
  const CK_SESSION_HANDLE session = p.open();
  EXPECT(p.login(session, type), CKR_OK);
  EXPECT(p.c.C_Logout(session), CKR_OK);
  EXPECT(p.c.C_Logout(session), CKR_USER_NOT_LOGGED_IN);
}

constexpr const char* kLogin = "§2 C_Login";
constexpr const char* kLogout = "§2 C_Logout";

constexpr Check kChecks[] = {
    {"C_Login: a wrong PIN of the user is CKR_PIN_INCORRECT and logs nobody in", kLogin,
     wrong_pin_logs_nobody_in<CKU_USER>},
    {"C_Login: a wrong PIN of the SO is CKR_PIN_INCORRECT and logs nobody in", kLogin,
     wrong_pin_logs_nobody_in<CKU_SO>},
    {"C_Login: CKF_USER_PIN_COUNT_LOW is set after a wrong PIN and clear after the right one", kLogin,
     count_is_low_after_wrong_pin<CKU_USER, CKF_USER_PIN_COUNT_LOW>},
    {"C_Login: CKF_SO_PIN_COUNT_LOW is set after a wrong PIN and clear after the right one", kLogin,
     count_is_low_after_wrong_pin<CKU_SO, CKF_SO_PIN_COUNT_LOW>},
    {"C_Login: a second one is CKR_USER_ALREADY_LOGGED_IN, from any session", kLogin,
     [](Provider& p) {
       const CK_SESSION_HANDLE one = p.open(), two = p.open(kReadOnly);
       EXPECT(p.login(one, CKU_USER), CKR_OK);
       EXPECT(p.login(one, CKU_USER), CKR_USER_ALREADY_LOGGED_IN);
       EXPECT(p.login(two, CKU_USER), CKR_USER_ALREADY_LOGGED_IN);
     }},
    {"C_Login: a second one of the SO is CKR_USER_ALREADY_LOGGED_IN", kLogin,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       EXPECT(p.login(session, CKU_SO), CKR_OK);
       EXPECT(p.login(session, CKU_SO), CKR_USER_ALREADY_LOGGED_IN);
     }},
    {"C_Login: an unknown user type is CKR_USER_TYPE_INVALID", kLogin,
     [](Provider& p) { EXPECT(p.login(p.open(), kNoSuchUserType), CKR_USER_TYPE_INVALID); }},
    {"C_Login: CKU_CONTEXT_SPECIFIC without an operation is CKR_OPERATION_NOT_INITIALIZED", kLogin,
     [](Provider& p) {
       EXPECT(p.login(p.open(), CKU_CONTEXT_SPECIFIC), CKR_OPERATION_NOT_INITIALIZED, CKR_USER_TYPE_INVALID);
     }},
    {"C_Login: a bad session is CKR_SESSION_HANDLE_INVALID", kLogin,
     [](Provider& p) { EXPECT(p.login(kNoSuchSession, CKU_USER), CKR_SESSION_HANDLE_INVALID); }},
    {"C_Login: a NULL PIN is CKR_ARGUMENTS_BAD, unless the token has a PIN pad", kLogin,
     [](Provider& p) {
       if ((p.token_info().flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0) {
         throw NotApplicable{"the token has a PIN pad"};
       }
       EXPECT(p.c.C_Login(p.open(), CKU_USER, nullptr, 8), CKR_ARGUMENTS_BAD);
     }},
    {"C_Login: the SO in a read-only session is CKR_SESSION_READ_ONLY_EXISTS", kLogin,
     [](Provider& p) { EXPECT(p.login(p.open(kReadOnly), CKU_SO), CKR_SESSION_READ_ONLY_EXISTS); }},
    {"C_Login: the SO beside a read-only session is CKR_SESSION_READ_ONLY_EXISTS", kLogin,
     [](Provider& p) {
       const CK_SESSION_HANDLE read_only = p.open(kReadOnly), read_write = p.open();
       EXPECT(p.login(read_write, CKU_SO), CKR_SESSION_READ_ONLY_EXISTS);
       EXPECT(p.c.C_CloseSession(read_only), CKR_OK);
       EXPECT(p.login(read_write, CKU_SO), CKR_OK);
     }},
    {"C_Login: the SO while the user is logged in is CKR_USER_ANOTHER_ALREADY_LOGGED_IN", kLogin,
     another_is_logged_in<CKU_USER, CKU_SO>},
    {"C_Login: the user while the SO is logged in is CKR_USER_ANOTHER_ALREADY_LOGGED_IN", kLogin,
     another_is_logged_in<CKU_SO, CKU_USER>},
    {"C_Login: the SO's sessions are in the state CKS_RW_SO_FUNCTIONS", kLogin,
     [](Provider& p) {
       const CK_SESSION_HANDLE one = p.open(), two = p.open();
       EXPECT(p.login(one, CKU_SO), CKR_OK);
       EXPECT_THAT(p.state(one) == CKS_RW_SO_FUNCTIONS);
       EXPECT_THAT(p.state(two) == CKS_RW_SO_FUNCTIONS);
     }},

    {"C_Logout: a bad session is CKR_SESSION_HANDLE_INVALID", kLogout,
     [](Provider& p) { EXPECT(p.c.C_Logout(kNoSuchSession), CKR_SESSION_HANDLE_INVALID); }},
    {"C_Logout: without a login it is CKR_USER_NOT_LOGGED_IN", kLogout,
     [](Provider& p) { EXPECT(p.c.C_Logout(p.open()), CKR_USER_NOT_LOGGED_IN); }},
    {"C_Logout: a second one is CKR_USER_NOT_LOGGED_IN", kLogout, second_logout<CKU_USER>},
    {"C_Logout: a second one of the SO is CKR_USER_NOT_LOGGED_IN", kLogout, second_logout<CKU_SO>},
    {"C_Logout: handles of private objects are no good afterwards", kLogout,
     [](Provider& p) {
       p.needs_public_sessions();
       const CK_SESSION_HANDLE session = p.user_session();
       const CK_OBJECT_HANDLE key = p.rsa_private(session);
       EXPECT(p.c.C_Logout(session), CKR_OK);
       EXPECT(p.attribute(session, key, CKA_LABEL).rv, CKR_OBJECT_HANDLE_INVALID);
     }},
};

}  // namespace

Checks login_checks() { return kChecks; }

}  // namespace nethsm::conformance
