// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "session/library.h"
#include "token/error.h"

// The module's state in this process: which library runs, and whether it still may. One heap object reached
// by a pointer and never destroyed, as applications call on after our static objects would be gone.
namespace nethsm::cryptoki {

// Null before C_Initialize, after C_Finalize, and in a forked child until it has called C_Initialize itself.
// Takes no lock that a fork could have left locked.
std::shared_ptr<session::Library> running_library();

// True from the moment our exit handler has run: sockets are closed, and OpenSSL may be gone.
bool is_exiting();

token::Status initialize(bool threads_allowed);
token::Status finalize();

}  // namespace nethsm::cryptoki
