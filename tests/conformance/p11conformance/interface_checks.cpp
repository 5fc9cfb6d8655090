// SPDX-License-Identifier: Apache-2.0
// C_GetInterfaceList, C_GetInterface and the function lists of PKCS#11 3.x.
#include <cstring>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr const char* kName = "PKCS 11";

std::vector<CK_INTERFACE> interfaces(Provider& p) {
  const auto list = p.module.symbol<CK_C_GetInterfaceList>("C_GetInterfaceList");
  if (list == nullptr) throw Failure{"there is no C_GetInterfaceList"};
  CK_ULONG count = 0;
  EXPECT(list(nullptr, &count), CKR_OK);
  std::vector<CK_INTERFACE> all(count);
  EXPECT(list(all.data(), &count), CKR_OK);
  EXPECT_THAT(count == all.size() && count > 0);
  return all;
}

CK_RV get(Provider& p, const char* name, CK_VERSION* version, CK_FLAGS flags, CK_INTERFACE** out) {
  const auto function = p.module.symbol<CK_C_GetInterface>("C_GetInterface");
  if (function == nullptr) throw Failure{"there is no C_GetInterface"};
  return function(name != nullptr ? pin(name) : nullptr, version, out, flags);
}

CK_VERSION version_of(const CK_INTERFACE& interface) {
  return *static_cast<const CK_VERSION*>(interface.pFunctionList);
}

// The list as the standard lays it out: functions without names for the loop over all of them.
bool has_no_null_entry(const CK_INTERFACE& interface) {
  const CK_VERSION version = version_of(interface);
  std::size_t bytes = sizeof(CK_FUNCTION_LIST);
  if (version.major == 3)
    bytes = version.minor >= 2 ? sizeof(CK_FUNCTION_LIST_3_2) : sizeof(CK_FUNCTION_LIST_3_0);
  const auto* first = static_cast<const CK_BYTE*>(interface.pFunctionList);
  for (std::size_t at = sizeof(void*); at < bytes; at += sizeof(void*)) {
    void* entry = nullptr;
    std::memcpy(&entry, first + at, sizeof entry);
    if (entry == nullptr) return false;
  }
  return true;
}

constexpr const char* kRow = "§3 Baseline: C_GetInterfaceList, C_GetInterface";

constexpr Check kChecks[] = {
    {"C_GetInterfaceList: every interface has a name and a function list without NULL", kRow,
     [](Provider& p) {
       for (const CK_INTERFACE& interface : interfaces(p)) {
         EXPECT_THAT(interface.pInterfaceName != nullptr && interface.pFunctionList != nullptr);
         const auto* name = static_cast<const char*>(static_cast<const void*>(interface.pInterfaceName));
         if (std::strcmp(name, kName) == 0) EXPECT_THAT(has_no_null_entry(interface));
       }
     }},
    {"C_GetInterfaceList: too small a buffer is CKR_BUFFER_TOO_SMALL and tells the count", kRow,
     [](Provider& p) {
       std::vector<CK_INTERFACE> all = interfaces(p);
       const auto list = p.module.symbol<CK_C_GetInterfaceList>("C_GetInterfaceList");
       CK_ULONG count = all.size() - 1;
       EXPECT(list(all.data(), &count), CKR_BUFFER_TOO_SMALL);
       EXPECT_THAT(count == all.size());
       EXPECT(list(all.data(), nullptr), CKR_ARGUMENTS_BAD);
     }},
    {"C_GetInterface: without a name and version it is the default interface", kRow,
     [](Provider& p) {
       CK_INTERFACE* interface = nullptr;
       EXPECT(get(p, nullptr, nullptr, 0, &interface), CKR_OK);
       EXPECT_THAT(interface != nullptr && version_of(*interface).major == 3);
     }},
    {"C_GetInterface: each version listed can be asked for", kRow,
     [](Provider& p) {
       for (const CK_INTERFACE& listed : interfaces(p)) {
         CK_VERSION version = version_of(listed);
         CK_INTERFACE* interface = nullptr;
         EXPECT(get(p, kName, &version, 0, &interface), CKR_OK);
         EXPECT_THAT(version_of(*interface).major == version.major);
         EXPECT_THAT(version_of(*interface).minor == version.minor);
       }
     }},
    {"C_GetInterface: an unknown name or version is not found", kRow,
     [](Provider& p) {
       CK_INTERFACE* interface = nullptr;
       CK_VERSION version{99, 0};
       EXPECT(get(p, "Another 11", nullptr, 0, &interface), CKR_FUNCTION_FAILED);
       EXPECT(get(p, kName, &version, 0, &interface), CKR_FUNCTION_FAILED);
       EXPECT(get(p, kName, nullptr, 0, nullptr), CKR_ARGUMENTS_BAD);
     }},
    {"C_GetInterface: works without C_Initialize", kRow,
     [](Provider& p) {
       EXPECT(p.c.C_Finalize(nullptr), CKR_OK);
       CK_INTERFACE* interface = nullptr;
       EXPECT(get(p, nullptr, nullptr, 0, &interface), CKR_OK);
       interfaces(p);
     }},
    {"C_GetInfo: the version is that of the default interface", kRow,
     [](Provider& p) {
       CK_INTERFACE* interface = nullptr;
       EXPECT(get(p, kName, nullptr, 0, &interface), CKR_OK);
       CK_INFO info{};
       EXPECT(p.c.C_GetInfo(&info), CKR_OK);
       EXPECT_THAT(info.cryptokiVersion.major == version_of(*interface).major);
       EXPECT_THAT(info.cryptokiVersion.minor == version_of(*interface).minor);
     }},
};

}  // namespace

Checks interface_checks() { return kChecks; }

}  // namespace nethsm::conformance
