// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fixture/module.h"

namespace nethsm::test::host {

// The application that all scenarios are about: the module, one session and one key of the first slot.
extern Module* the_module;
extern CK_SESSION_HANDLE the_session;
extern CK_OBJECT_HANDLE the_key;
extern std::string the_key_id;
extern bool threads_remain_at_exit;

// Ends the process at once, with this exit status, where the expectation fails.
void expect(bool expectation, int status);

CK_RV open_session();
CK_RV find_key();
CK_RV sign(CK_SESSION_HANDLE session);

// Initialises, opens the session, finds the key and signs.
void start();

}  // namespace nethsm::test::host
