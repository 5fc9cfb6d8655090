// SPDX-License-Identifier: Apache-2.0
// Verification of a signature that is given first (PKCS#11 v3.2 §5.15).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_VerifySignatureInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey,
                            CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen) {
  return session_entry("C_VerifySignatureInit", hSession, [&](Session& session) {
    return session.verify_signature_init(pMechanism, hKey, input(pSignature, ulSignatureLen));
  });
}

CK_RV C_VerifySignature(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen) {
  return session_entry("C_VerifySignature", hSession,
                       [&](Session& session) { return session.verify_signature(input(pData, ulDataLen)); });
}

CK_RV C_VerifySignatureUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return session_entry("C_VerifySignatureUpdate", hSession, [&](Session& session) {
    return session.verify_signature_update(input(pPart, ulPartLen));
  });
}

CK_RV C_VerifySignatureFinal(CK_SESSION_HANDLE hSession) {
  return session_entry("C_VerifySignatureFinal", hSession,
                       [](Session& session) { return session.verify_signature_final(); });
}

}  // extern "C"
