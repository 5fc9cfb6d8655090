// SPDX-License-Identifier: Apache-2.0
#include "host/application.h"

#include <unistd.h>

namespace nethsm::test::host {

Module* the_module = nullptr;
CK_SESSION_HANDLE the_session = CK_INVALID_HANDLE;
CK_OBJECT_HANDLE the_key = CK_INVALID_HANDLE;
std::string the_key_id;
bool threads_remain_at_exit = false;

void expect(bool expectation, int status) {
  if (!expectation) _exit(status);
}

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

void start() {
  expect((*the_module)->C_Initialize(nullptr) == CKR_OK, 10);
  expect(open_session() == CKR_OK, 11);
  expect(find_key() == CKR_OK, 12);
  expect(sign(the_session) == CKR_OK, 13);
}

}  // namespace nethsm::test::host
