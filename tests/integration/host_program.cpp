// SPDX-License-Identifier: Apache-2.0
// An application of the module for what a process can do only once: exit and fork. Usage: integration_host
// WHAT KEY-ID. Prints nothing, so that whatever is printed comes from the module; the exit status is 0, or
// the number of the expectation that failed.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "fixture/module.h"

namespace {

using nethsm::test::Module;

Module* the_module = nullptr;
CK_SESSION_HANDLE the_session = CK_INVALID_HANDLE;
CK_OBJECT_HANDLE the_key = CK_INVALID_HANDLE;
std::string the_key_id;
bool threads_remain_at_exit = false;

CK_RV open_session() {
  return (*the_module)->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &the_session);
}

CK_RV find_key() {
  CK_OBJECT_CLASS wanted_class = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &wanted_class, sizeof wanted_class},
                           {CKA_ID, the_key_id.data(), the_key_id.size()}};
  CK_ULONG count = 0;
  CK_RV rv = (*the_module)->C_FindObjectsInit(the_session, wanted, 2);
  if (rv == CKR_OK) rv = (*the_module)->C_FindObjects(the_session, &the_key, 1, &count);
  if (rv == CKR_OK) rv = (*the_module)->C_FindObjectsFinal(the_session);
  return rv == CKR_OK && count != 1 ? CKR_KEY_HANDLE_INVALID : rv;
}

CK_RV sign(CK_SESSION_HANDLE session) {
  CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
  CK_BYTE data[] = {'d', 'a', 't', 'a'};
  CK_BYTE signature[64];
  CK_ULONG length = sizeof signature;
  const CK_RV rv = (*the_module)->C_SignInit(session, &mechanism, the_key);
  return rv == CKR_OK ? (*the_module)->C_Sign(session, data, sizeof data, signature, &length) : rv;
}

void expect(bool expectation, int number) {
  if (!expectation) _exit(number);
}

void start() {
  expect((*the_module)->C_Initialize(nullptr) == CKR_OK, 10);
  expect(open_session() == CKR_OK, 11);
  expect(find_key() == CKR_OK, 12);
  expect(sign(the_session) == CKR_OK, 13);
}

// As OpenSSL's clean-up calls providers: after the module's own exit handler.
void clean_up_late() {
  expect((*the_module)->C_DestroyObject(the_session, the_key) == CKR_OK, 20);
  expect((*the_module)->C_CloseSession(the_session) == CKR_OK, 21);
  CK_INFO info;
  expect((*the_module)->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED, 22);
  expect(sign(the_session) == CKR_CRYPTOKI_NOT_INITIALIZED, 23);
  expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 24);
}

void exit_and_clean_up_late() {
  // Registered before the module is initialised, hence run after the module's handler.
  std::atexit(clean_up_late);
  start();
}

void exit_while_threads_sign() {
  threads_remain_at_exit = true;
  start();
  std::atomic<int> signatures{0};
  for (int i = 0; i < 4; ++i) {
    std::thread([&signatures] {
      CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
      if ((*the_module)->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) != CKR_OK) return;
      while (sign(session) == CKR_OK) ++signatures;
      while (true) pause();
    }).detach();
  }
  while (signatures < 20) std::this_thread::yield();
  std::exit(0);
}

// Forks; the child runs `child` and must succeed; then the parent's session must still work.
template <class Child>
void fork_and(Child&& child) {
  const pid_t pid = fork();
  expect(pid >= 0, 30);
  if (pid == 0) {
    child();
    std::exit(0);  // with all exit handlers
  }
  int status = 0;
  expect(waitpid(pid, &status, 0) == pid, 31);
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0) _exit(WEXITSTATUS(status));
  expect(WIFEXITED(status), 32);
  for (int i = 0; i < 5; ++i) expect(sign(the_session) == CKR_OK, 33);
}

void expect_not_initialized() {
  CK_INFO info;
  CK_ULONG count = 0;
  expect((*the_module)->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED, 40);
  expect((*the_module)->C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_CRYPTOKI_NOT_INITIALIZED, 41);
  expect(sign(the_session) == CKR_CRYPTOKI_NOT_INITIALIZED, 42);
  expect((*the_module)->C_CloseSession(the_session) == CKR_CRYPTOKI_NOT_INITIALIZED, 43);
  CK_FUNCTION_LIST* list = nullptr;
  expect((*the_module)->C_GetFunctionList(&list) == CKR_OK, 44);
}

void start_again_in_child() {
  const CK_SESSION_HANDLE parents = the_session;
  expect((*the_module)->C_Initialize(nullptr) == CKR_OK, 50);
  expect((*the_module)->C_Initialize(nullptr) == CKR_CRYPTOKI_ALREADY_INITIALIZED, 51);
  CK_SESSION_INFO info;
  expect((*the_module)->C_GetSessionInfo(parents, &info) == CKR_SESSION_HANDLE_INVALID, 52);
  expect(open_session() == CKR_OK, 53);
  expect(sign(the_session) == CKR_KEY_HANDLE_INVALID, 54);
  expect(find_key() == CKR_OK, 55);
  expect(sign(the_session) == CKR_OK, 56);
}

void fork_and_start_again() {
  start();
  fork_and([] {
    expect_not_initialized();
    start_again_in_child();
  });
}

void fork_and_finalize_first() {
  start();
  fork_and([] {
    expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 60);
    expect((*the_module)->C_Finalize(nullptr) == CKR_CRYPTOKI_NOT_INITIALIZED, 61);
    start_again_in_child();
    expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 62);
  });
}

void fork_and_do_nothing() {
  start();
  fork_and([] {});
}

void fork_twice() {
  start();
  fork_and([] {
    start_again_in_child();
    fork_and(start_again_in_child);
  });
}

// As in a server whose workers have dropped the right to read the file.
void fork_without_the_file() {
  start();
  expect(unlink(std::getenv("P11NETHSM_CONFIG_FILE")) == 0, 70);
  fork_and([] {
    start_again_in_child();
    expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 71);
    expect((*the_module)->C_Initialize(nullptr) == CKR_OK, 72);
  });
}

void fork_while_threads_sign() {
  start();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&stop] {
      CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
      expect((*the_module)->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_OK, 80);
      while (!stop) expect(sign(session) == CKR_OK, 81);
    });
  }
  for (int i = 0; i < 10; ++i) fork_and(start_again_in_child);
  stop = true;
  for (auto& thread : threads) thread.join();
}

void initialize_in_many_threads() {
  std::atomic<int> initialized{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&initialized] {
      const CK_RV rv = (*the_module)->C_Initialize(nullptr);
      if (rv == CKR_OK) ++initialized;
      expect(rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED, 90);
      CK_INFO info;
      expect((*the_module)->C_GetInfo(&info) == CKR_OK, 91);
    });
  }
  for (auto& thread : threads) thread.join();
  expect(initialized == 1, 92);
}

struct Scenario {
  const char* name;
  void (*run)();
};
constexpr Scenario kScenarios[] = {
    {"exit", exit_and_clean_up_late},
    {"exit-threads", exit_while_threads_sign},
    {"fork", fork_and_start_again},
    {"fork-finalize", fork_and_finalize_first},
    {"fork-nothing", fork_and_do_nothing},
    {"fork-twice", fork_twice},
    {"fork-no-file", fork_without_the_file},
    {"fork-threads", fork_while_threads_sign},
    {"initialize-threads", initialize_in_many_threads},
};

}  // namespace

// For a leak sanitizer, if there is one: gcc 12's crashes when it looks for leaks beside running threads.
extern "C" __attribute__((visibility("default"))) int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return threads_remain_at_exit ? 1 : 0; }

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  alarm(60);
  the_module = new Module;  // never unloaded: applications exit with it
  the_key_id = argv[2];
  for (const Scenario& scenario : kScenarios) {
    if (std::strcmp(scenario.name, argv[1]) != 0) continue;
    scenario.run();
    return 0;
  }
  return 3;
}
