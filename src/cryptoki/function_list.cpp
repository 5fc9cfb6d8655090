// SPDX-License-Identifier: Apache-2.0
// The lists of functions that applications begin with (PKCS#11 v3.2 §5.4). They work without C_Initialize and
// after it, in forked children and at exit.
#include <algorithm>
#include <array>
#include <cstring>

#include "cryptoki/arguments.h"
#include "cryptoki/version.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::cryptoki {
namespace {

#define MEMBER(name, parameters, arguments) name,
constexpr CK_FUNCTION_LIST kFunctions240 = {{2, 40}, CK_PKCS11_FUNCTIONS_2_40(MEMBER)};
constexpr CK_FUNCTION_LIST_3_0 kFunctions30 = {{3, 0},
                                               CK_PKCS11_FUNCTIONS_2_40(MEMBER)  //
                                               CK_PKCS11_FUNCTIONS_3_0(MEMBER)};
constexpr CK_FUNCTION_LIST_3_2 kFunctions32 = {kCryptokiVersion,
                                               CK_PKCS11_FUNCTIONS_2_40(MEMBER)  //
                                               CK_PKCS11_FUNCTIONS_3_0(MEMBER)   //
                                               CK_PKCS11_FUNCTIONS_3_2(MEMBER)};
#undef MEMBER

// The C types have no const; nobody may write here all the same.
template <class T>
constexpr T* as_c(const T& value) {
  return const_cast<T*>(&value);
}

CK_UTF8CHAR kInterfaceName[] = "PKCS 11";

// Best first: the first is what an application without a wish gets. None is CKF_INTERFACE_FORK_SAFE, which
// promises that a child goes on with its parent's sessions, login and operations: ours has to call
// C_Initialize.
constinit const std::array kInterfaces = {
    CK_INTERFACE{kInterfaceName, as_c(kFunctions32), 0},
    CK_INTERFACE{kInterfaceName, as_c(kFunctions30), 0},
    CK_INTERFACE{kInterfaceName, as_c(kFunctions240), 0},
};

bool is_wanted(const CK_INTERFACE& interface, const CK_UTF8CHAR* name, const CK_VERSION* version,
               CK_FLAGS flags) {
  const auto text = [](const void* chars) { return static_cast<const char*>(chars); };
  const auto& offered = *static_cast<const CK_VERSION*>(interface.pFunctionList);
  if (name != nullptr && std::strcmp(text(name), text(interface.pInterfaceName)) != 0) return false;
  if (version != nullptr && (version->major != offered.major || version->minor != offered.minor))
    return false;
  return (interface.flags & flags) == flags;
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR ppFunctionList) {
  if (ppFunctionList == nullptr) return CKR_ARGUMENTS_BAD;
  *ppFunctionList = as_c(kFunctions240);
  return CKR_OK;
}

CK_RV C_GetInterfaceList(CK_INTERFACE_PTR pInterfacesList, CK_ULONG_PTR pulCount) {
  if (pulCount == nullptr) return CKR_ARGUMENTS_BAD;
  const Status status = write_list<CK_INTERFACE>(kInterfaces, pInterfacesList, pulCount);
  return status ? CKR_OK : status.error().rv;
}

CK_RV C_GetInterface(CK_UTF8CHAR_PTR pInterfaceName, CK_VERSION_PTR pVersion,
                     CK_INTERFACE_PTR_PTR ppInterface, CK_FLAGS flags) {
  if (ppInterface == nullptr) return CKR_ARGUMENTS_BAD;
  const auto* found = std::ranges::find_if(kInterfaces, [&](const auto& interface) {
    return is_wanted(interface, pInterfaceName, pVersion, flags);
  });
  if (found == kInterfaces.end()) return CKR_FUNCTION_FAILED;
  *ppInterface = as_c(*found);
  return CKR_OK;
}

}  // extern "C"
