// SPDX-License-Identifier: Apache-2.0
// Message digests (PKCS#11 v3.2 §5.12).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_DigestInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism) {
  return session_entry("C_DigestInit", hSession,
                       [&](Session& session) { return session.digest_init(pMechanism); });
}

CK_RV C_Digest(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pDigest,
               CK_ULONG_PTR pulDigestLen) {
  return session_entry("C_Digest", hSession, [&](Session& session) {
    return session.digest(input(pData, ulDataLen), Output(pDigest, pulDigestLen));
  });
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return session_entry("C_DigestUpdate", hSession,
                       [&](Session& session) { return session.digest_update(input(pPart, ulPartLen)); });
}

CK_RV C_DigestKey(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hKey) {
  return session_entry("C_DigestKey", hSession, [&](Session& session) { return session.digest_key(hKey); });
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pDigest, CK_ULONG_PTR pulDigestLen) {
  return session_entry("C_DigestFinal", hSession,
                       [&](Session& session) { return session.digest_final(Output(pDigest, pulDigestLen)); });
}

}  // extern "C"
