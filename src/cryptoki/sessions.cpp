// SPDX-License-Identifier: Apache-2.0
// Sessions (PKCS#11 v3.2 §5.6).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_OpenSession(CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR, CK_NOTIFY,
                    CK_SESSION_HANDLE_PTR phSession) {
  return entry("C_OpenSession", [&](Library& library) -> Status {
    TRY(library.token(slotID));
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

CK_RV C_SessionCancel(CK_SESSION_HANDLE hSession, CK_FLAGS flags) {
  return session_entry("C_SessionCancel", hSession, [&](Session& session) -> Status {
    session.cancel(flags);
    return Ok{};
  });
}

// No operation is done by a validated mechanism: the device has no mode for that to ask about.
CK_RV C_GetSessionValidationFlags(CK_SESSION_HANDLE hSession, CK_SESSION_VALIDATION_FLAGS_TYPE type,
                                  CK_FLAGS_PTR pFlags) {
  return session_entry("C_GetSessionValidationFlags", hSession, [&](Session&) -> Status {
    TRY(not_null(pFlags));
    if (type != CKS_LAST_VALIDATION_OK) return fail(CKR_ARGUMENTS_BAD, "no such validation flags");
    *pFlags = 0;
    return Ok{};
  });
}

}  // extern "C"
