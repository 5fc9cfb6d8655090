// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/module.h"

using namespace nethsm::test;

namespace {

template <class Function>
Function function(const Module& module, const char* name) {
  return reinterpret_cast<Function>(module.symbol(name));
}

CK_UTF8CHAR standard_name[] = "PKCS 11";

struct Found {
  CK_RV rv;
  CK_INTERFACE* interface;
  CK_VERSION version() const { return *static_cast<CK_VERSION*>(interface->pFunctionList); }
};
Found get_interface(const Module& module, CK_UTF8CHAR* name, CK_VERSION* version, CK_FLAGS flags = 0) {
  Found found{CKR_OK, nullptr};
  found.rv = module->C_GetInterface(name, version, &found.interface, flags);
  return found;
}

bool is(const CK_VERSION& a, int major, int minor) { return a.major == major && a.minor == minor; }

std::vector<CK_INTERFACE> all_interfaces(const Module& module) {
  CK_ULONG count = 0;
  REQUIRE(module->C_GetInterfaceList(nullptr, &count) == CKR_OK);
  std::vector<CK_INTERFACE> interfaces(count);
  REQUIRE(module->C_GetInterfaceList(interfaces.data(), &count) == CKR_OK);
  REQUIRE(count == interfaces.size());
  return interfaces;
}

}  // namespace

TEST_CASE("C_GetFunctionList gives the list of 2.40, the same one each time") {
  const Module module;
  const auto get = function<CK_C_GetFunctionList>(module, "C_GetFunctionList");
  REQUIRE(get != nullptr);
  CK_FUNCTION_LIST* list = nullptr;
  CK_FUNCTION_LIST* again = nullptr;
  REQUIRE(get(&list) == CKR_OK);
  REQUIRE(list->C_GetFunctionList(&again) == CKR_OK);
  CHECK(is(list->version, 2, 40));
  CHECK(std::memcmp(list, again, sizeof *list) == 0);
  CHECK(get(nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("No list has an empty place, and each place has the exported function of its name") {
  const Module module;
  const auto functions = [&](int major, int minor) {
    CK_VERSION version{static_cast<CK_BYTE>(major), static_cast<CK_BYTE>(minor)};
    const Found found = get_interface(module, standard_name, &version);
    REQUIRE(found.rv == CKR_OK);
    REQUIRE(is(found.version(), major, minor));
    return found.interface->pFunctionList;
  };
#define IS_THE_SYMBOL(name, parameters, arguments) \
  CHECK(list.name != nullptr);                     \
  CHECK(module.symbol(#name) == reinterpret_cast<void*>(list.name));
  {
    const auto& list = *static_cast<CK_FUNCTION_LIST*>(functions(2, 40));
    CK_PKCS11_FUNCTIONS_2_40(IS_THE_SYMBOL)
  }
  {
    const auto& list = *static_cast<CK_FUNCTION_LIST_3_0*>(functions(3, 0));
    CK_PKCS11_FUNCTIONS_2_40(IS_THE_SYMBOL)
    CK_PKCS11_FUNCTIONS_3_0(IS_THE_SYMBOL)
  }
  {
    const auto& list = *static_cast<CK_FUNCTION_LIST_3_2*>(functions(3, 2));
    CK_PKCS11_FUNCTIONS_2_40(IS_THE_SYMBOL)
    CK_PKCS11_FUNCTIONS_3_0(IS_THE_SYMBOL)
    CK_PKCS11_FUNCTIONS_3_2(IS_THE_SYMBOL)
  }
#undef IS_THE_SYMBOL
}

TEST_CASE("The interfaces are those of 3.2, 3.0 and 2.40, in this order") {
  const Module module;
  const auto interfaces = all_interfaces(module);
  REQUIRE(interfaces.size() == 3);
  std::string versions;
  for (const CK_INTERFACE& interface : interfaces) {
    CHECK(std::string(reinterpret_cast<char*>(interface.pInterfaceName)) == "PKCS 11");
    // A child process has to call C_Initialize.
    CHECK((interface.flags & CKF_INTERFACE_FORK_SAFE) == 0);
    const auto& version = *static_cast<CK_VERSION*>(interface.pFunctionList);
    versions += std::to_string(version.major) + "." + std::to_string(version.minor) + " ";
  }
  CHECK(versions == "3.2 3.0 2.40 ");
}

TEST_CASE("C_GetInterfaceList follows the convention for lists") {
  const Module module;
  CK_ULONG count = 2;
  CK_INTERFACE some[4] = {};
  CHECK(module->C_GetInterfaceList(some, &count) == CKR_BUFFER_TOO_SMALL);
  CHECK(count == 3);
  CHECK(some[0].pFunctionList == nullptr);
  count = 4;
  CHECK(module->C_GetInterfaceList(some, &count) == CKR_OK);
  CHECK(count == 3);
  CHECK(some[2].pFunctionList != nullptr);
  CHECK(some[3].pFunctionList == nullptr);
  CHECK(module->C_GetInterfaceList(nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(module->C_GetInterfaceList(some, nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("C_GetInterface gives the newest interface to those who do not ask for one") {
  const Module module;
  CK_UTF8CHAR* name = GENERATE(static_cast<CK_UTF8CHAR*>(nullptr), &standard_name[0]);
  const Found found = get_interface(module, name, nullptr);
  REQUIRE(found.rv == CKR_OK);
  CHECK(is(found.version(), 3, 2));
  CHECK(found.interface->pFunctionList == all_interfaces(module)[0].pFunctionList);
}

TEST_CASE("C_GetInterface gives what is asked for, by version alone as well") {
  const Module module;
  CK_UTF8CHAR* name = GENERATE(static_cast<CK_UTF8CHAR*>(nullptr), &standard_name[0]);
  for (CK_VERSION version : {CK_VERSION{2, 40}, CK_VERSION{3, 0}, CK_VERSION{3, 2}}) {
    const Found found = get_interface(module, name, &version);
    REQUIRE(found.rv == CKR_OK);
    CHECK(is(found.version(), version.major, version.minor));
  }
}

TEST_CASE("C_GetInterface substitutes nothing for a name, version or flag that it does not have") {
  const Module module;
  CK_UTF8CHAR vendor[] = "Vendor NSS Module Interface";
  CK_UTF8CHAR longer[] = "PKCS 11 ";
  CK_UTF8CHAR empty[] = "";
  for (CK_UTF8CHAR* name : {vendor, longer, empty}) {
    CHECK(get_interface(module, name, nullptr).rv == CKR_FUNCTION_FAILED);
  }
  for (CK_VERSION version : {CK_VERSION{2, 39}, CK_VERSION{3, 1}, CK_VERSION{3, 3}, CK_VERSION{0, 0}}) {
    CHECK(get_interface(module, standard_name, &version).rv == CKR_FUNCTION_FAILED);
    CHECK(get_interface(module, nullptr, &version).rv == CKR_FUNCTION_FAILED);
  }
  CHECK(get_interface(module, standard_name, nullptr, CKF_INTERFACE_FORK_SAFE).rv == CKR_FUNCTION_FAILED);
  CHECK(get_interface(module, nullptr, nullptr, CKF_INTERFACE_FORK_SAFE).rv == CKR_FUNCTION_FAILED);
  CHECK(module->C_GetInterface(standard_name, nullptr, nullptr, 0) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("Without C_Initialize every call but the lists and C_Initialize says so, whatever its arguments") {
  const Module module;
  // All arguments zero; C_Initialize and the four that give out lists are known by their names.
#define IS_REFUSED(name, parameters, arguments)                             \
  if (!works_always(#name)) {                                               \
    INFO(#name);                                                            \
    CHECK(called_with_zeros(module->name) == CKR_CRYPTOKI_NOT_INITIALIZED); \
  }
  const auto works_always = [](std::string_view name) {
    return name == "C_Initialize" || name == "C_GetFunctionList" || name == "C_GetInterfaceList" ||
           name == "C_GetInterface";
  };
  const auto called_with_zeros = []<class... Parameters>(CK_RV (*function)(Parameters...)) {
    return function(Parameters{}...);
  };
  CK_PKCS11_FUNCTIONS_2_40(IS_REFUSED)
  CK_PKCS11_FUNCTIONS_3_0(IS_REFUSED)
  CK_PKCS11_FUNCTIONS_3_2(IS_REFUSED)
#undef IS_REFUSED
}
