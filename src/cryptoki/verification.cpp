// SPDX-License-Identifier: Apache-2.0
// Verification of signatures (PKCS#11 v3.2 §5.15).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_VerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_VerifyInit", hSession,
                       [&](Session& session) { return session.verify_init(pMechanism, hKey); });
}

CK_RV C_Verify(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
               CK_ULONG ulSignatureLen) {
  return session_entry("C_Verify", hSession, [&](Session& session) {
    return session.verify(input(pData, ulDataLen), input(pSignature, ulSignatureLen));
  });
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return session_entry("C_VerifyUpdate", hSession,
                       [&](Session& session) { return session.verify_update(input(pPart, ulPartLen)); });
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen) {
  return session_entry("C_VerifyFinal", hSession, [&](Session& session) {
    return session.verify_final(input(pSignature, ulSignatureLen));
  });
}

CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_VerifyRecoverInit", hSession,
                       [&](Session& session) { return session.verify_recover_init(pMechanism, hKey); });
}

CK_RV C_VerifyRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen,
                      CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen) {
  return session_entry("C_VerifyRecover", hSession, [&](Session& session) {
    return session.verify_recover(input(pSignature, ulSignatureLen), Output(pData, pulDataLen));
  });
}

}  // extern "C"
