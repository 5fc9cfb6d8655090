// SPDX-License-Identifier: Apache-2.0
// Encryption (PKCS#11 v3.2 §5.8).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_EncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_EncryptInit", hSession,
                       [&](Session& session) { return session.encrypt_init(pMechanism, hKey); });
}

CK_RV C_Encrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pEncryptedData,
                CK_ULONG_PTR pulEncryptedDataLen) {
  return session_entry("C_Encrypt", hSession, [&](Session& session) {
    return session.encrypt(input(pData, ulDataLen), Output(pEncryptedData, pulEncryptedDataLen));
  });
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen,
                      CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen) {
  return session_entry("C_EncryptUpdate", hSession, [&](Session& session) {
    return session.encrypt_update(input(pPart, ulPartLen), Output(pEncryptedPart, pulEncryptedPartLen));
  });
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastEncryptedPart,
                     CK_ULONG_PTR pulLastEncryptedPartLen) {
  return session_entry("C_EncryptFinal", hSession, [&](Session& session) {
    return session.encrypt_final(Output(pLastEncryptedPart, pulLastEncryptedPartLen));
  });
}

}  // extern "C"
