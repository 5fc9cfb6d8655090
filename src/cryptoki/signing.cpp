// SPDX-License-Identifier: Apache-2.0
// Signing (PKCS#11 v3.2 §5.13).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_SignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_SignInit", hSession,
                       [&](Session& session) { return session.sign_init(pMechanism, hKey); });
}

CK_RV C_Sign(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
             CK_ULONG_PTR pulSignatureLen) {
  return session_entry("C_Sign", hSession, [&](Session& session) {
    return session.sign(input(pData, ulDataLen), Output(pSignature, pulSignatureLen));
  });
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return session_entry("C_SignUpdate", hSession,
                       [&](Session& session) { return session.sign_update(input(pPart, ulPartLen)); });
}

CK_RV C_SignFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen) {
  return session_entry("C_SignFinal", hSession, [&](Session& session) {
    return session.sign_final(Output(pSignature, pulSignatureLen));
  });
}

CK_RV C_SignRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_SignRecoverInit", hSession,
                       [&](Session& session) { return session.sign_recover_init(pMechanism, hKey); });
}

CK_RV C_SignRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
                    CK_ULONG_PTR pulSignatureLen) {
  return session_entry("C_SignRecover", hSession, [&](Session& session) {
    return session.sign_recover(input(pData, ulDataLen), Output(pSignature, pulSignatureLen));
  });
}

}  // extern "C"
