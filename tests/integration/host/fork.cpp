// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "host/application.h"
#include "host/scenarios.h"

namespace nethsm::test::host {
namespace {

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

}  // namespace

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

void fork_while_an_instance_is_checked() {
  start();
  for (int i = 0; i < 10; ++i) fork_and(start_again_in_child);
}

}  // namespace nethsm::test::host
