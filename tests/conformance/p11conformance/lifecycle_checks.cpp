// SPDX-License-Identifier: Apache-2.0
// C_GetFunctionList, C_Initialize, C_Finalize, and what every function says without C_Initialize.
#include <cstring>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

CK_RV create_mutex(void** mutex) {
  static int one = 0;
  *mutex = &one;
  return CKR_OK;
}
CK_RV use_mutex(void*) { return CKR_OK; }

CK_C_INITIALIZE_ARGS own_mutexes(CK_FLAGS flags) {
  return {create_mutex, use_mutex, use_mutex, use_mutex, flags, nullptr};
}

void finalize(Provider& p) { EXPECT(p.c.C_Finalize(nullptr), CKR_OK); }

template <CK_FLAGS flags>
void initialize_with_flags(Provider& p) {
  finalize(p);
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = flags;
  if (flags == CKF_LIBRARY_CANT_CREATE_OS_THREADS) {
    EXPECT(p.c.C_Initialize(&arguments), CKR_OK, CKR_NEED_TO_CREATE_THREADS);
  } else {
    EXPECT(p.c.C_Initialize(&arguments), CKR_OK);
  }
}

template <CK_FLAGS flags>
void initialize_with_mutexes(Provider& p) {
  finalize(p);
  CK_C_INITIALIZE_ARGS arguments = own_mutexes(flags);
  EXPECT(p.c.C_Initialize(&arguments), CKR_OK, CKR_CANT_LOCK);
}

constexpr const char* kList = "§2 C_GetFunctionList";
constexpr const char* kInitialize = "§2 C_Initialize";
constexpr const char* kFinalize = "§2 C_Finalize";
constexpr const char* kUninitialized = "§2 Not initialized";

#define UNINITIALIZED(name, call)                                                                \
  {                                                                                              \
#name ": CKR_CRYPTOKI_NOT_INITIALIZED without C_Initialize", kUninitialized, [](Provider& p) { \
     finalize(p); \
     [[maybe_unused]] const CK_SLOT_ID slot = p.slot; \
     [[maybe_unused]] CK_ULONG n = 0; \
     [[maybe_unused]] CK_BYTE buffer[256] = {}; \
     [[maybe_unused]] CK_MECHANISM mechanism{CKM_AES_CBC, buffer, 16}; \
     EXPECT(p.c.call, CKR_CRYPTOKI_NOT_INITIALIZED); \
   } \
  }

constexpr Check kChecks[] = {
    {"C_GetFunctionList: NULL is refused", kList,
     [](Provider& p) { EXPECT(p.c.C_GetFunctionList(nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED); }},
    {"C_GetFunctionList: a second list is identical", kList,
     [](Provider& p) {
       CK_FUNCTION_LIST* again = nullptr;
       EXPECT(p.c.C_GetFunctionList(&again), CKR_OK);
       EXPECT_THAT(std::memcmp(again, &p.c, sizeof p.c) == 0);
     }},
    {"C_GetFunctionList: works without C_Initialize", kList,
     [](Provider& p) {
       finalize(p);
       CK_FUNCTION_LIST* again = nullptr;
       EXPECT(p.c.C_GetFunctionList(&again), CKR_OK);
     }},
    {"C_GetFunctionList: no entry is NULL", kList,
     [](Provider& p) {
#define NOT_NULL(name, parameters, arguments) EXPECT_THAT(p.c.name != nullptr);
       CK_PKCS11_FUNCTIONS_2_40(NOT_NULL)
#undef NOT_NULL
     }},

    {"C_Initialize: NULL is fine", kInitialize,
     [](Provider& p) {
       finalize(p);
       EXPECT(p.c.C_Initialize(nullptr), CKR_OK);
     }},
    {"C_Initialize: pReserved is refused", kInitialize,
     [](Provider& p) {
       finalize(p);
       CK_C_INITIALIZE_ARGS arguments{};
       arguments.pReserved = &arguments;
       EXPECT(p.c.C_Initialize(&arguments), CKR_ARGUMENTS_BAD);
     }},
    {"C_Initialize: some but not all mutex functions are refused", kInitialize,
     [](Provider& p) {
       finalize(p);
       CK_C_INITIALIZE_ARGS arguments = own_mutexes(0);
       arguments.LockMutex = nullptr;
       EXPECT(p.c.C_Initialize(&arguments), CKR_ARGUMENTS_BAD);
     }},
    {"C_Initialize: no flags are fine", kInitialize, initialize_with_flags<0>},
    {"C_Initialize: CKF_OS_LOCKING_OK is fine", kInitialize, initialize_with_flags<CKF_OS_LOCKING_OK>},
    {"C_Initialize: CKF_LIBRARY_CANT_CREATE_OS_THREADS is understood", kInitialize,
     initialize_with_flags<CKF_LIBRARY_CANT_CREATE_OS_THREADS>},
    {"C_Initialize: the application's mutexes are understood", kInitialize, initialize_with_mutexes<0>},
    {"C_Initialize: the application's mutexes with CKF_OS_LOCKING_OK are understood", kInitialize,
     initialize_with_mutexes<CKF_OS_LOCKING_OK>},
    {"C_Initialize: a second one is CKR_CRYPTOKI_ALREADY_INITIALIZED", kInitialize,
     [](Provider& p) { EXPECT(p.c.C_Initialize(nullptr), CKR_CRYPTOKI_ALREADY_INITIALIZED); }},

    {"C_Finalize: pReserved is refused", kFinalize,
     [](Provider& p) {
       CK_ULONG reserved = 0;
       EXPECT(p.c.C_Finalize(&reserved), CKR_ARGUMENTS_BAD);
     }},
    {"C_Finalize: a second one is CKR_CRYPTOKI_NOT_INITIALIZED", kFinalize,
     [](Provider& p) {
       finalize(p);
       EXPECT(p.c.C_Finalize(nullptr), CKR_CRYPTOKI_NOT_INITIALIZED);
     }},
    {"C_Finalize: sessions do not survive it", kFinalize,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open();
       finalize(p);
       EXPECT(p.c.C_Initialize(nullptr), CKR_OK);
       CK_SESSION_INFO info{};
       EXPECT(p.c.C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
     }},

    UNINITIALIZED(C_GetInfo, C_GetInfo(reinterpret_cast<CK_INFO*>(buffer))),
    UNINITIALIZED(C_GetSlotList, C_GetSlotList(CK_FALSE, nullptr, &n)),
    UNINITIALIZED(C_GetSlotInfo, C_GetSlotInfo(slot, reinterpret_cast<CK_SLOT_INFO*>(buffer))),
    UNINITIALIZED(C_GetTokenInfo, C_GetTokenInfo(slot, reinterpret_cast<CK_TOKEN_INFO*>(buffer))),
    UNINITIALIZED(C_WaitForSlotEvent, C_WaitForSlotEvent(CKF_DONT_BLOCK, &n, nullptr)),
    UNINITIALIZED(C_GetMechanismList, C_GetMechanismList(slot, nullptr, &n)),
    UNINITIALIZED(C_GetMechanismInfo,
                  C_GetMechanismInfo(slot, CKM_AES_CBC, reinterpret_cast<CK_MECHANISM_INFO*>(buffer))),
    UNINITIALIZED(C_InitToken, C_InitToken(kNoSuchSlot, buffer, 8, buffer)),
    UNINITIALIZED(C_InitPIN, C_InitPIN(1, buffer, 8)),
    UNINITIALIZED(C_SetPIN, C_SetPIN(1, buffer, 8, buffer, 8)),
    UNINITIALIZED(C_OpenSession, C_OpenSession(slot, kReadOnly, nullptr, nullptr, &n)),
    UNINITIALIZED(C_CloseSession, C_CloseSession(1)),
    UNINITIALIZED(C_CloseAllSessions, C_CloseAllSessions(slot)),
    UNINITIALIZED(C_GetSessionInfo, C_GetSessionInfo(1, reinterpret_cast<CK_SESSION_INFO*>(buffer))),
    UNINITIALIZED(C_GetOperationState, C_GetOperationState(1, buffer, &n)),
    UNINITIALIZED(C_SetOperationState, C_SetOperationState(1, buffer, 1, 0, 0)),
    UNINITIALIZED(C_Login, C_Login(1, CKU_USER, buffer, 8)),
    UNINITIALIZED(C_Logout, C_Logout(1)),
    UNINITIALIZED(C_CreateObject, C_CreateObject(1, nullptr, 0, &n)),
    UNINITIALIZED(C_CopyObject, C_CopyObject(1, 1, nullptr, 0, &n)),
    UNINITIALIZED(C_DestroyObject, C_DestroyObject(1, 1)),
    UNINITIALIZED(C_GetObjectSize, C_GetObjectSize(1, 1, &n)),
    UNINITIALIZED(C_GetAttributeValue, C_GetAttributeValue(1, 1, nullptr, 0)),
    UNINITIALIZED(C_SetAttributeValue, C_SetAttributeValue(1, 1, nullptr, 0)),
    UNINITIALIZED(C_FindObjectsInit, C_FindObjectsInit(1, nullptr, 0)),
    UNINITIALIZED(C_FindObjects, C_FindObjects(1, &n, 1, &n)),
    UNINITIALIZED(C_FindObjectsFinal, C_FindObjectsFinal(1)),
    UNINITIALIZED(C_EncryptInit, C_EncryptInit(1, &mechanism, 1)),
    UNINITIALIZED(C_Encrypt, C_Encrypt(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_EncryptUpdate, C_EncryptUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_EncryptFinal, C_EncryptFinal(1, buffer, &n)),
    UNINITIALIZED(C_DecryptInit, C_DecryptInit(1, &mechanism, 1)),
    UNINITIALIZED(C_Decrypt, C_Decrypt(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DecryptUpdate, C_DecryptUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DecryptFinal, C_DecryptFinal(1, buffer, &n)),
    UNINITIALIZED(C_DigestInit, C_DigestInit(1, &mechanism)),
    UNINITIALIZED(C_Digest, C_Digest(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DigestUpdate, C_DigestUpdate(1, buffer, 16)),
    UNINITIALIZED(C_DigestKey, C_DigestKey(1, 1)),
    UNINITIALIZED(C_DigestFinal, C_DigestFinal(1, buffer, &n)),
    UNINITIALIZED(C_SignInit, C_SignInit(1, &mechanism, 1)),
    UNINITIALIZED(C_Sign, C_Sign(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_SignUpdate, C_SignUpdate(1, buffer, 16)),
    UNINITIALIZED(C_SignFinal, C_SignFinal(1, buffer, &n)),
    UNINITIALIZED(C_SignRecoverInit, C_SignRecoverInit(1, &mechanism, 1)),
    UNINITIALIZED(C_SignRecover, C_SignRecover(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_VerifyInit, C_VerifyInit(1, &mechanism, 1)),
    UNINITIALIZED(C_Verify, C_Verify(1, buffer, 16, buffer, 16)),
    UNINITIALIZED(C_VerifyUpdate, C_VerifyUpdate(1, buffer, 16)),
    UNINITIALIZED(C_VerifyFinal, C_VerifyFinal(1, buffer, 16)),
    UNINITIALIZED(C_VerifyRecoverInit, C_VerifyRecoverInit(1, &mechanism, 1)),
    UNINITIALIZED(C_VerifyRecover, C_VerifyRecover(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DigestEncryptUpdate, C_DigestEncryptUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DecryptDigestUpdate, C_DecryptDigestUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_SignEncryptUpdate, C_SignEncryptUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_DecryptVerifyUpdate, C_DecryptVerifyUpdate(1, buffer, 16, buffer, &n)),
    UNINITIALIZED(C_GenerateKey, C_GenerateKey(1, &mechanism, nullptr, 0, &n)),
    UNINITIALIZED(C_GenerateKeyPair, C_GenerateKeyPair(1, &mechanism, nullptr, 0, nullptr, 0, &n, &n)),
    UNINITIALIZED(C_WrapKey, C_WrapKey(1, &mechanism, 1, 1, buffer, &n)),
    UNINITIALIZED(C_UnwrapKey, C_UnwrapKey(1, &mechanism, 1, buffer, 16, nullptr, 0, &n)),
    UNINITIALIZED(C_DeriveKey, C_DeriveKey(1, &mechanism, 1, nullptr, 0, &n)),
    UNINITIALIZED(C_SeedRandom, C_SeedRandom(1, buffer, 16)),
    UNINITIALIZED(C_GenerateRandom, C_GenerateRandom(1, buffer, 16)),
};

}  // namespace

Checks lifecycle_checks() { return kChecks; }

}  // namespace nethsm::conformance
