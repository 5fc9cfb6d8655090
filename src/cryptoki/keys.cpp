// SPDX-License-Identifier: Apache-2.0
// Key generation (PKCS#11 v3.2 §5.18).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_GenerateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_ATTRIBUTE_PTR pTemplate,
                    CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phKey) {
  return session_entry("C_GenerateKey", hSession, [&](Session& session) -> Status {
    TRY(not_null(pMechanism));
    TRY(not_null(phKey));
    const Template secret = TRY(Template::from(pTemplate, ulCount));
    TRY(session.may_create(secret));
    *phKey = TRY(session.token().generate_key(*pMechanism, secret, hSession));
    return Ok{};
  });
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                        CK_ATTRIBUTE_PTR pPublicKeyTemplate, CK_ULONG ulPublicKeyAttributeCount,
                        CK_ATTRIBUTE_PTR pPrivateKeyTemplate, CK_ULONG ulPrivateKeyAttributeCount,
                        CK_OBJECT_HANDLE_PTR phPublicKey, CK_OBJECT_HANDLE_PTR phPrivateKey) {
  return session_entry("C_GenerateKeyPair", hSession, [&](Session& session) -> Status {
    TRY(not_null(pMechanism));
    TRY(not_null(phPublicKey));
    TRY(not_null(phPrivateKey));
    const Template public_key = TRY(Template::from(pPublicKeyTemplate, ulPublicKeyAttributeCount));
    const Template private_key = TRY(Template::from(pPrivateKeyTemplate, ulPrivateKeyAttributeCount));
    TRY(session.may_create(public_key));
    TRY(session.may_create(private_key));
    const auto pair = TRY(session.token().generate_key_pair(*pMechanism, public_key, private_key, hSession));
    *phPublicKey = pair.public_key;
    *phPrivateKey = pair.private_key;
    return Ok{};
  });
}

}  // extern "C"
