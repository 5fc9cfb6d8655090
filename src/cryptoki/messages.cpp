// SPDX-License-Identifier: Apache-2.0
// Message-based functions (PKCS#11 v3.2 §5.9, §5.11, §5.14, §5.16): many messages under one Init. The
// standard defines them for AEAD ciphers; none of the device's mechanisms is one.
#include "cryptoki/not_supported.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_MessageEncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_MessageEncryptInit", hSession);
}
CK_RV C_EncryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR,
                       CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_EncryptMessage", hSession);
}
CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_EncryptMessageBegin", hSession);
}
CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG,
                           CK_BYTE_PTR, CK_ULONG_PTR, CK_FLAGS) {
  return not_supported("C_EncryptMessageNext", hSession);
}
CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE hSession) {
  return not_supported("C_MessageEncryptFinal", hSession);
}

CK_RV C_MessageDecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_MessageDecryptInit", hSession);
}
CK_RV C_DecryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR,
                       CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR) {
  return not_supported("C_DecryptMessage", hSession);
}
CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_DecryptMessageBegin", hSession);
}
CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG,
                           CK_BYTE_PTR, CK_ULONG_PTR, CK_FLAGS) {
  return not_supported("C_DecryptMessageNext", hSession);
}
CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE hSession) {
  return not_supported("C_MessageDecryptFinal", hSession);
}

CK_RV C_MessageSignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_MessageSignInit", hSession);
}
CK_RV C_SignMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR,
                    CK_ULONG_PTR) {
  return not_supported("C_SignMessage", hSession);
}
CK_RV C_SignMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG) {
  return not_supported("C_SignMessageBegin", hSession);
}
CK_RV C_SignMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR,
                        CK_ULONG_PTR) {
  return not_supported("C_SignMessageNext", hSession);
}
CK_RV C_MessageSignFinal(CK_SESSION_HANDLE hSession) { return not_supported("C_MessageSignFinal", hSession); }

CK_RV C_MessageVerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR, CK_OBJECT_HANDLE) {
  return not_supported("C_MessageVerifyInit", hSession);
}
CK_RV C_VerifyMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR,
                      CK_ULONG) {
  return not_supported("C_VerifyMessage", hSession);
}
CK_RV C_VerifyMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG) {
  return not_supported("C_VerifyMessageBegin", hSession);
}
CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG,
                          CK_BYTE_PTR, CK_ULONG) {
  return not_supported("C_VerifyMessageNext", hSession);
}
CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE hSession) {
  return not_supported("C_MessageVerifyFinal", hSession);
}

}  // extern "C"
