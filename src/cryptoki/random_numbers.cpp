// SPDX-License-Identifier: Apache-2.0
// Random numbers (PKCS#11 v3.2 §5.19).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_SeedRandom(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSeed, CK_ULONG ulSeedLen) {
  return session_entry("C_SeedRandom", hSession, [&](Session&) -> Status {
    TRY(not_null(pSeed));
    static_cast<void>(ulSeedLen);
    return fail(CKR_RANDOM_SEED_NOT_SUPPORTED, "the device's generator needs no seed and takes none");
  });
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pRandomData, CK_ULONG ulRandomLen) {
  return session_entry("C_GenerateRandom", hSession, [&](Session& session) -> Status {
    if (ulRandomLen == 0) return Ok{};
    TRY(not_null(pRandomData));
    return session.token().random(std::span(pRandomData, ulRandomLen));
  });
}

}  // extern "C"
