// SPDX-License-Identifier: Apache-2.0
// Dual-function operations (PKCS#11 v3.2 §5.17).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen,
                            CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen) {
  return session_entry("C_DigestEncryptUpdate", hSession, [&](Session& session) {
    return session.digest_encrypt_update(input(pPart, ulPartLen),
                                         Output(pEncryptedPart, pulEncryptedPartLen));
  });
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart,
                            CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen) {
  return session_entry("C_DecryptDigestUpdate", hSession, [&](Session& session) {
    return session.decrypt_digest_update(input(pEncryptedPart, ulEncryptedPartLen),
                                         Output(pPart, pulPartLen));
  });
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen,
                          CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen) {
  return session_entry("C_SignEncryptUpdate", hSession, [&](Session& session) {
    return session.sign_encrypt_update(input(pPart, ulPartLen), Output(pEncryptedPart, pulEncryptedPartLen));
  });
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart,
                            CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen) {
  return session_entry("C_DecryptVerifyUpdate", hSession, [&](Session& session) {
    return session.decrypt_verify_update(input(pEncryptedPart, ulEncryptedPartLen),
                                         Output(pPart, pulPartLen));
  });
}

}  // extern "C"
