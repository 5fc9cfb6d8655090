// SPDX-License-Identifier: Apache-2.0
// The library itself: C_GetInfo (PKCS#11 v3.2 §5.4) and the remains of parallel function management (§5.20).
#include <algorithm>
#include <string_view>

#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"
#include "cryptoki/version.h"

namespace nethsm::cryptoki {
namespace {

template <std::size_t N>
void blank_padded(std::string_view text, CK_UTF8CHAR (&out)[N]) {
  std::fill(std::begin(out), std::end(out), CK_UTF8CHAR{' '});
  std::copy_n(text.begin(), std::min(text.size(), N), out);
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_GetInfo(CK_INFO_PTR pInfo) {
  return entry("C_GetInfo", [&](Library&) -> Status {
    TRY(not_null(pInfo));
    *pInfo = {};
    pInfo->cryptokiVersion = kCryptokiVersion;
    pInfo->libraryVersion = kLibraryVersion;
    blank_padded("nethsm-pkcs11", pInfo->manufacturerID);
    blank_padded("PKCS#11 module for NetHSM", pInfo->libraryDescription);
    return Ok{};
  });
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE hSession) {
  return session_entry("C_GetFunctionStatus", hSession,
                       [](Session&) -> Status { return fail(CKR_FUNCTION_NOT_PARALLEL); });
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE hSession) {
  return session_entry("C_CancelFunction", hSession,
                       [](Session&) -> Status { return fail(CKR_FUNCTION_NOT_PARALLEL); });
}

}  // extern "C"
