// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

CK_RV create_mutex(CK_VOID_PTR_PTR) { return CKR_OK; }
CK_RV on_mutex(CK_VOID_PTR) { return CKR_OK; }

CK_C_INITIALIZE_ARGS own_mutexes(CK_FLAGS flags) {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.CreateMutex = create_mutex;
  arguments.DestroyMutex = on_mutex;
  arguments.LockMutex = on_mutex;
  arguments.UnlockMutex = on_mutex;
  arguments.flags = flags;
  return arguments;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator descriptors("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
}

}  // namespace

TEST_CASE("The function list is complete, of version 2.40, and the same each time") {
  const Module module;
  CHECK(module->version.major == 2);
  CHECK(module->version.minor == 40);
#define HAS(name, parameters, arguments) CHECK(module->name != nullptr);
  CK_PKCS11_FUNCTIONS_2_40(HAS)
#undef HAS
  CK_FUNCTION_LIST* again = nullptr;
  REQUIRE(module->C_GetFunctionList(&again) == CKR_OK);
  CHECK(std::memcmp(again, module.operator->(), sizeof *again) == 0);
  CHECK(module->C_GetFunctionList(nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("Every function of the list is also a symbol, and nothing else is") {
  const Module module;
#define IS_EXPORTED(name, parameters, arguments) \
  CHECK(module.symbol(#name) == reinterpret_cast<void*>(module->name));
  CK_PKCS11_FUNCTIONS_2_40(IS_EXPORTED)
#undef IS_EXPORTED
}

TEST_CASE("The interface without a name is the default one, and unknown ones are refused") {
  const Module module;
  const auto get = reinterpret_cast<CK_C_GetInterface>(module.symbol("C_GetInterface"));
  const auto list = reinterpret_cast<CK_C_GetInterfaceList>(module.symbol("C_GetInterfaceList"));
  REQUIRE(get != nullptr);
  REQUIRE(list != nullptr);

  CK_ULONG count = 0;
  REQUIRE(list(nullptr, &count) == CKR_OK);
  std::vector<CK_INTERFACE> interfaces(count);
  REQUIRE(list(interfaces.data(), &count) == CKR_OK);
  REQUIRE(count == interfaces.size());
  CHECK(list(nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  count = 0;
  CHECK(list(interfaces.data(), &count) == CKR_BUFFER_TOO_SMALL);

  CK_INTERFACE* interface = nullptr;
  REQUIRE(get(nullptr, nullptr, &interface, 0) == CKR_OK);
  CHECK(std::string(reinterpret_cast<char*>(interface->pInterfaceName)) == "PKCS 11");
  CHECK(interface->pFunctionList == interfaces.at(0).pFunctionList);

  CK_UTF8CHAR name[] = "PKCS 11";
  CK_UTF8CHAR vendor[] = "Vendor NSS Module Interface";
  CK_VERSION version{2, 40};
  CHECK(get(name, &version, &interface, 0) == CKR_OK);
  version.minor = 39;
  CHECK(get(name, &version, &interface, 0) == CKR_FUNCTION_FAILED);
  CHECK(get(vendor, nullptr, &interface, 0) == CKR_FUNCTION_FAILED);
  CHECK(get(name, nullptr, &interface, CKF_INTERFACE_FORK_SAFE) == CKR_FUNCTION_FAILED);
  CHECK(get(name, nullptr, nullptr, 0) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("C_Initialize takes the arguments that applications give") {
  const ConfigFile config({device_slot()});
  const Module module;
  SECTION("none") { CHECK(module->C_Initialize(nullptr) == CKR_OK); }
  SECTION("flags only") {
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags =
        GENERATE(CK_FLAGS{0}, CK_FLAGS{CKF_OS_LOCKING_OK}, CK_FLAGS{CKF_LIBRARY_CANT_CREATE_OS_THREADS},
                 CK_FLAGS{CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK});
    CHECK(module->C_Initialize(&arguments) == CKR_OK);
  }
  SECTION("its own mutexes, with and without leave to use the system's") {
    CK_C_INITIALIZE_ARGS arguments = own_mutexes(GENERATE(CK_FLAGS{0}, CK_FLAGS{CKF_OS_LOCKING_OK}));
    CHECK(module->C_Initialize(&arguments) == CKR_OK);
  }
  CHECK(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("C_Initialize refuses bad arguments and stays uninitialised") {
  const ConfigFile config({device_slot()});
  const Module module;
  CK_C_INITIALIZE_ARGS arguments = own_mutexes(CKF_OS_LOCKING_OK);
  SECTION("pReserved") { arguments.pReserved = &arguments; }
  SECTION("a mutex function is missing") { arguments.LockMutex = nullptr; }
  SECTION("all but one mutex function are missing") {
    arguments.CreateMutex = nullptr;
    arguments.DestroyMutex = nullptr;
    arguments.LockMutex = nullptr;
  }
  CHECK(module->C_Initialize(&arguments) == CKR_ARGUMENTS_BAD);
  CK_INFO info;
  CHECK(module->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
}

TEST_CASE("The module is initialised once at a time, and any number of times after C_Finalize") {
  const ConfigFile config({device_slot()});
  const Module module;
  for (int round = 0; round < 3; ++round) {
    REQUIRE(module->C_Initialize(nullptr) == CKR_OK);
    CHECK(module->C_Initialize(nullptr) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
    CHECK(module->C_Finalize(&round) == CKR_ARGUMENTS_BAD);
    REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
    CHECK(module->C_Finalize(nullptr) == CKR_CRYPTOKI_NOT_INITIALIZED);
  }
}

TEST_CASE("Without C_Initialize every call but the lists says so, whatever its arguments") {
  const Module module;
  const auto expected = CK_RV{CKR_CRYPTOKI_NOT_INITIALIZED};
  CK_ULONG count = 0;
  CHECK(module->C_Finalize(nullptr) == expected);
  CHECK(module->C_GetInfo(nullptr) == expected);
  CHECK(module->C_GetSlotList(CK_TRUE, nullptr, nullptr) == expected);
  CHECK(module->C_GetSlotInfo(88888, nullptr) == expected);
  CHECK(module->C_GetTokenInfo(0, nullptr) == expected);
  CHECK(module->C_GetMechanismList(0, nullptr, &count) == expected);
  CHECK(module->C_GetMechanismInfo(0, CKM_RSA_PKCS, nullptr) == expected);
  CHECK(module->C_WaitForSlotEvent(CKF_DONT_BLOCK, nullptr, nullptr) == expected);
  CHECK(module->C_InitToken(88888, nullptr, 0, nullptr) == expected);
  CHECK(module->C_InitPIN(1, nullptr, 0) == expected);
  CHECK(module->C_SetPIN(1, nullptr, 0, nullptr, 0) == expected);
  CHECK(module->C_OpenSession(0, 0, nullptr, nullptr, nullptr) == expected);
  CHECK(module->C_CloseSession(1) == expected);
  CHECK(module->C_CloseAllSessions(0) == expected);
  CHECK(module->C_GetSessionInfo(1, nullptr) == expected);
  CHECK(module->C_Login(1, CKU_USER, nullptr, 0) == expected);
  CHECK(module->C_Logout(1) == expected);
  CHECK(module->C_CreateObject(1, nullptr, 1, nullptr) == expected);
  CHECK(module->C_DestroyObject(1, 1) == expected);
  CHECK(module->C_GetAttributeValue(1, 1, nullptr, 1) == expected);
  CHECK(module->C_FindObjectsInit(1, nullptr, 0) == expected);
  CHECK(module->C_SignInit(1, nullptr, 1) == expected);
  CHECK(module->C_Sign(1, nullptr, 1, nullptr, nullptr) == expected);
  CHECK(module->C_EncryptInit(1, nullptr, 1) == expected);
  CHECK(module->C_DecryptInit(1, nullptr, 1) == expected);
  CHECK(module->C_DigestInit(1, nullptr) == expected);
  CHECK(module->C_VerifyInit(1, nullptr, 1) == expected);
  CHECK(module->C_GenerateKey(1, nullptr, nullptr, 0, nullptr) == expected);
  CHECK(module->C_SeedRandom(1, nullptr, 0) == expected);
  CHECK(module->C_GenerateRandom(1, nullptr, 1) == expected);
  CHECK(module->C_GetFunctionStatus(1) == expected);
}

TEST_CASE("C_GetInfo tells the version of the function list and printable, blank-padded strings") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CHECK(token.module->C_GetInfo(nullptr) == CKR_ARGUMENTS_BAD);
  CK_INFO info;
  REQUIRE(token.module->C_GetInfo(&info) == CKR_OK);
  CHECK(info.cryptokiVersion.major == token.module->version.major);
  CHECK(info.cryptokiVersion.minor == token.module->version.minor);
  CHECK(info.flags == 0);
  for (const CK_UTF8CHAR character : info.libraryDescription) CHECK(character >= ' ');
  for (const CK_UTF8CHAR character : info.manufacturerID) CHECK(character >= ' ');
  CHECK(info.libraryDescription[31] == ' ');
}

TEST_CASE("The module is loaded, used and unloaded fifty times without leaving descriptors behind") {
  const ConfigFile config({device_slot()});
  std::size_t after_first = 0;
  for (int round = 0; round < 50; ++round) {
    TokenSession token;
    token.find(Attributes().text(CKA_ID, "no such key"));
    if (round == 1) after_first = open_descriptors();
  }
  CHECK(open_descriptors() <= after_first);
}

TEST_CASE("C_Finalize while other threads are in calls ends those calls with a code") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string id = unique_id("finalize");
  const auto key = token.generate_ed25519(id);
  std::atomic<int> working{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
      if (token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) != CKR_OK) return;
      CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
      Bytes signature(64);
      CK_RV rv = CKR_OK;
      while (rv == CKR_OK) {
        CK_ULONG length = signature.size();
        rv = token.module->C_SignInit(session, &mechanism, key.private_key);
        if (rv == CKR_OK)
          rv = token.module->C_Sign(session, in(as_bytes("data")), 4, signature.data(), &length);
        if (rv == CKR_OK) ++working;
      }
    });
  }
  while (working < 20) std::this_thread::yield();
  CHECK(token.module->C_Finalize(nullptr) == CKR_OK);
  for (auto& thread : threads) thread.join();

  REQUIRE(token.module->C_Initialize(nullptr) == CKR_OK);
  REQUIRE(token.module->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                      &token.session) == CKR_OK);
  const auto found = token.find(Attributes().text(CKA_ID, id).number(CKA_CLASS, CKO_PRIVATE_KEY));
  REQUIRE(found.size() == 1);
  token.destroy(found[0]);
}

TEST_CASE("A thread that waits for slot events is woken by C_Finalize") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_SLOT_ID slot = 0;
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_NO_EVENT);
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  CK_RV rv = CKR_OK;
  std::thread waiting([&] { rv = token.module->C_WaitForSlotEvent(0, &slot, nullptr); });
  CHECK(token.module->C_Finalize(nullptr) == CKR_OK);
  waiting.join();
  CHECK(rv == CKR_CRYPTOKI_NOT_INITIALIZED);
}
