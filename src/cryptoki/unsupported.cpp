// SPDX-License-Identifier: Apache-2.0
// The functions that the module does not carry out, but for those of messages.cpp.
#include "cryptoki/not_supported.h"

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

// The device neither wraps, unwraps nor derives keys, with any mechanism.
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

// Nor does it encapsulate keys.
CK_RV C_EncapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_ATTRIBUTE_PTR,
                       CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR, CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_EncapsulateKey", hSession);
}
CK_RV C_DecapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_ATTRIBUTE_PTR,
                       CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_DecapsulateKey", hSession);
}
CK_RV C_WrapKeyAuthenticated(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE,
                             CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_WrapKeyAuthenticated", hSession);
}
CK_RV C_UnwrapKeyAuthenticated(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_BYTE_PTR,
                               CK_ULONG, CK_ATTRIBUTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG,
                               CK_OBJECT_HANDLE_PTR) {
  return not_supported("C_UnwrapKeyAuthenticated", hSession);
}

// No call goes on after it has returned: C_OpenSession refuses CKF_ASYNC_SESSION.
CK_RV C_AsyncComplete(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR, CK_ASYNC_DATA_PTR) {
  return not_supported("C_AsyncComplete", hSession);
}
CK_RV C_AsyncGetID(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR, CK_ULONG_PTR) {
  return not_supported("C_AsyncGetID", hSession);
}
CK_RV C_AsyncJoin(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_AsyncJoin", hSession);
}

}  // extern "C"
