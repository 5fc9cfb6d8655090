// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "session/library.h"
#include "token/error.h"

// The module's state in this process: which library runs, and whether it still may. One heap object reached
// by a pointer and never destroyed, as applications call on after our static objects would be gone.
namespace nethsm::cryptoki {

struct Process;

// True from the moment our exit handler has run: sockets are closed, and OpenSSL may be gone.
bool is_exiting();

// A C_ call of the application while it lasts. The exit handler ends all that are under way and waits for
// them: OpenSSL's own handler, which comes next, takes away what they work with.
class Call {
 public:
  Call();
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The process is exiting: nothing may be done any more.
  bool is_too_late() const { return is_too_late_; }
  // Null before C_Initialize, after C_Finalize, and in a forked child until it has called C_Initialize
  // itself.
  session::Library* library() const { return library_.get(); }

 private:
  Process* process_ = nullptr;
  bool is_too_late_ = false;
  std::shared_ptr<session::Library> library_;
};

token::Status initialize(bool threads_allowed);
token::Status finalize();

}  // namespace nethsm::cryptoki
