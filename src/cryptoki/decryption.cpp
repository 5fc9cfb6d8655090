// SPDX-License-Identifier: Apache-2.0
// Decryption (PKCS#11 v3.2 §5.10).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_DecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_DecryptInit", hSession,
                       [&](Session& session) { return session.decrypt_init(pMechanism, hKey); });
}

CK_RV C_Decrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedData, CK_ULONG ulEncryptedDataLen,
                CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen) {
  return session_entry("C_Decrypt", hSession, [&](Session& session) {
    return session.decrypt(input(pEncryptedData, ulEncryptedDataLen), Output(pData, pulDataLen));
  });
}

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, CK_ULONG ulEncryptedPartLen,
                      CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen) {
  return session_entry("C_DecryptUpdate", hSession, [&](Session& session) {
    return session.decrypt_update(input(pEncryptedPart, ulEncryptedPartLen), Output(pPart, pulPartLen));
  });
}

CK_RV C_DecryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastPart, CK_ULONG_PTR pulLastPartLen) {
  return session_entry("C_DecryptFinal", hSession, [&](Session& session) {
    return session.decrypt_final(Output(pLastPart, pulLastPartLen));
  });
}

}  // extern "C"
