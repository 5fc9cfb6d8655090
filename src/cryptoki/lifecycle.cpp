// SPDX-License-Identifier: Apache-2.0
// C_Initialize, C_Finalize (PKCS#11 v3.2 §5.4).
#include "cryptoki/entry.h"
#include "cryptoki/process.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::cryptoki {
namespace {

// All four or none. With all four the application would rather have its own mutexes used; ours are the
// system's, which suits every application that runs here, so the flag CKF_OS_LOCKING_OK makes no difference.
bool has_all_or_no_mutex_functions(const CK_C_INITIALIZE_ARGS& args) {
  const bool create = args.CreateMutex != nullptr;
  return create == (args.DestroyMutex != nullptr) && create == (args.LockMutex != nullptr) &&
         create == (args.UnlockMutex != nullptr);
}

token::Status initialize_with(const CK_C_INITIALIZE_ARGS* args) {
  if (args == nullptr) return initialize(true);
  if (args->pReserved != nullptr) {
    // Ignoring it would hide that a configuration given here has no effect.
    return fail(CKR_ARGUMENTS_BAD,
                "pReserved must be NULL; the configuration file is named by P11NETHSM_CONFIG_FILE");
  }
  if (!has_all_or_no_mutex_functions(*args)) {
    return fail(CKR_ARGUMENTS_BAD, "some of the four mutex functions are missing");
  }
  // Never CKR_NEED_TO_CREATE_THREADS: everything works without threads as well.
  return initialize((args->flags & CKF_LIBRARY_CANT_CREATE_OS_THREADS) == 0);
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

// Without HostErrors: nothing here adds to OpenSSL's error queue, and a look at it would have OpenSSL load
// all its texts into hosts that never go on to use this module.
CK_RV C_Initialize(CK_VOID_PTR pInitArgs) {
  return guarded("C_Initialize",
                 [&] { return initialize_with(static_cast<const CK_C_INITIALIZE_ARGS*>(pInitArgs)); });
}

CK_RV C_Finalize(CK_VOID_PTR pReserved) {
  if (is_exiting()) return CKR_OK;
  return guarded("C_Finalize", [&]() -> Status {
    if (pReserved != nullptr) {
      if (Call().library() == nullptr) return fail(CKR_CRYPTOKI_NOT_INITIALIZED);
      return fail(CKR_ARGUMENTS_BAD, "pReserved must be NULL");
    }
    const HostErrors errors;  // session objects are deleted at the devices
    return finalize();
  });
}

}  // extern "C"
