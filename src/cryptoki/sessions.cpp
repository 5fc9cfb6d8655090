// SPDX-License-Identifier: Apache-2.0
// Sessions and login (PKCS#11 v3.2 §5.6), and the PIN of the logged-in user (§5.5).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

namespace nethsm::cryptoki {
namespace {

token::Result<Secret> pin_argument(CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  // Without a PIN the user would have to type it on the token, which has no keys for that.
  if (pin == nullptr) return fail(CKR_ARGUMENTS_BAD, "the PIN is missing");
  return Secret(ByteView(pin, length));
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_OpenSession(CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR, CK_NOTIFY,
                    CK_SESSION_HANDLE_PTR phSession) {
  return entry("C_OpenSession", [&](Library& library) -> Status {
    TRY(not_null(phSession));
    *phSession = TRY(library.open_session(slotID, flags));
    return Ok{};
  });
}

CK_RV C_CloseSession(CK_SESSION_HANDLE hSession) {
  return entry(
      "C_CloseSession", [&](Library& library) { return library.close_session(hSession); }, AtExit::kOk);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slotID) {
  return entry(
      "C_CloseAllSessions", [&](Library& library) { return library.close_all_sessions(slotID); },
      AtExit::kOk);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE hSession, CK_SESSION_INFO_PTR pInfo) {
  return session_entry("C_GetSessionInfo", hSession, [&](Session& session) -> Status {
    TRY(not_null(pInfo));
    *pInfo = {};
    pInfo->slotID = session.slot();
    pInfo->state = session.state();
    pInfo->flags = session.flags();
    return Ok{};
  });
}

CK_RV C_Login(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen) {
  return entry("C_Login", [&](Library& library) -> Status {
    const auto session = TRY(library.session(hSession));
    const Secret pin = TRY(pin_argument(pPin, ulPinLen));
    return library.login(*session, userType, pin);
  });
}

CK_RV C_Logout(CK_SESSION_HANDLE hSession) {
  return session_entry(
      "C_Logout", hSession, [](Session& session) { return session.token().logout(); }, AtExit::kOk);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pOldPin, CK_ULONG ulOldLen,
               CK_UTF8CHAR_PTR pNewPin, CK_ULONG ulNewLen) {
  return session_entry("C_SetPIN", hSession, [&](Session& session) -> Status {
    const Secret old_pin = TRY(pin_argument(pOldPin, ulOldLen));
    const Secret new_pin = TRY(pin_argument(pNewPin, ulNewLen));
    TRY(session.must_be_read_write());
    return session.token().set_pin(old_pin, new_pin);
  });
}

}  // extern "C"
