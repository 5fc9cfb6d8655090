// SPDX-License-Identifier: Apache-2.0
#include <atomic>
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

TEST_CASE("C_GetInfo tells the version of the newest interface and printable, blank-padded strings") {
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
