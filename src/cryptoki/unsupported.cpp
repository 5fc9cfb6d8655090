// SPDX-License-Identifier: Apache-2.0
// The functions that the module does not carry out. Each is there, as applications take the addresses of all
// of them, and says CKR_FUNCTION_NOT_SUPPORTED once the module is initialised and the session exists.
#include "cryptoki/entry.h"

namespace nethsm::cryptoki {
namespace {

CK_RV not_supported(const char* function, CK_SESSION_HANDLE session) {
  return session_entry(function, session,
                       [](Session&) -> Status { return fail(CKR_FUNCTION_NOT_SUPPORTED); });
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

// An operation's data lives partly on the device and cannot be carried to another session.
CK_RV C_GetOperationState(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_GetOperationState", hSession);
}
CK_RV C_SetOperationState(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_OBJECT_HANDLE,
                          CK_OBJECT_HANDLE) {
  return not_supported("C_SetOperationState", hSession);
}

// Objects are not copied: a NetHSM key stands for itself only.
CK_RV C_CopyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE, CK_ATTRIBUTE_PTR, CK_ULONG,
                   CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_CopyObject", hSession);
}

// Verification, with public keys.
CK_RV C_VerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_VerifyInit", hSession);
}
CK_RV C_Verify(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_Verify", hSession);
}
CK_RV C_VerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_VerifyUpdate", hSession);
}
CK_RV C_VerifyFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_VerifyFinal", hSession);
}

// Signatures with message recovery.
CK_RV C_SignRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_SignRecoverInit", hSession);
}
CK_RV C_SignRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_SignRecover", hSession);
}
CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_VerifyRecoverInit", hSession);
}
CK_RV C_VerifyRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_VerifyRecover", hSession);
}

// Two operations in one call.
CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_DigestEncryptUpdate", hSession);
}
CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_DecryptDigestUpdate", hSession);
}
CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_SignEncryptUpdate", hSession);
}
CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_DecryptVerifyUpdate", hSession);
}

// The device neither wraps, unwraps nor derives keys.
CK_RV C_WrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, CK_BYTE_PTR,
                CK_ULONG_PTR) {
  return not_supported("C_WrapKey", hSession);
}
CK_RV C_UnwrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_BYTE_PTR, CK_ULONG,
                  CK_ATTRIBUTE_PTR, CK_ULONG, CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_UnwrapKey", hSession);
}
CK_RV C_DeriveKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_ATTRIBUTE_PTR, CK_ULONG,
                  CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_DeriveKey", hSession);
}

}  // extern "C"
