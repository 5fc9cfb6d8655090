// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "host/application.h"
#include "host/scenarios.h"

namespace nethsm::test::host {
namespace {

// As OpenSSL's clean-up calls providers: after the module's own exit handler.
void clean_up_late() {
  expect((*the_module)->C_DestroyObject(the_session, the_key) == CKR_OK, 20);
  expect((*the_module)->C_CloseSession(the_session) == CKR_OK, 21);
  CK_INFO info;
  expect((*the_module)->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED, 22);
  expect(sign(the_session) == CKR_CRYPTOKI_NOT_INITIALIZED, 23);
  expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 24);
}

// In the middle of OpenSSL's clean-up.
bool openssl_has_cleaned_up = false;
void clean_up_with_openssl() {
  CK_INFO info;
  expect((*the_module)->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED, 25);
  openssl_has_cleaned_up = true;
}

}  // namespace

void exit_before_openssl() {
  std::atexit([] { expect(openssl_has_cleaned_up, 26); });  // the last of all
  expect((*the_module)->C_Initialize(nullptr) == CKR_OK, 27);
  OPENSSL_atexit(clean_up_with_openssl);
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

}  // namespace nethsm::test::host
