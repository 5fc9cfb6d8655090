// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cxxabi.h>

#include <memory>
#include <new>
#include <utility>

#include "cryptoki/host_errors.h"
#include "cryptoki/process.h"
#include "session/library.h"
#include "token/error.h"

// The barrier between C and C++: every C_ function but the few that work without C_Initialize is one call of
// entry().
namespace nethsm::cryptoki {

using nethsm::Ok;
using nethsm::Secret;
using session::Input;
using session::Library;
using session::Output;
using session::Session;
using token::fail;
using token::fail_loudly;
using token::Status;
using token::Template;

// What a call answers once the process is exiting: OpenSSL's own clean-up still closes sessions and destroys
// objects then, and takes anything but CKR_OK for a fault.
enum class AtExit : CK_RV { kNotInitialized = CKR_CRYPTOKI_NOT_INITIALIZED, kOk = CKR_OK };

// Logs a failure, once, and answers its code.
CK_RV report(const char* function, const token::Error& error) noexcept;
CK_RV report_no_memory(const char* function) noexcept;
CK_RV report_exception() noexcept;  // the current one, which must not get into the host

// Runs the body and turns what comes out, exceptions included, into a CK_RV.
template <class Body>
CK_RV guarded(const char* function, Body&& body) {
  try {
    const Status status = std::forward<Body>(body)();
    return status ? CKR_OK : report(function, status.error());
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled; stopping that would end the process
  } catch (const std::bad_alloc&) {
    return report_no_memory(function);
  } catch (...) {
    return report_exception();
  }
}

// body: Library& -> Status. The library lives until the body is through, whatever C_Finalize does meanwhile.
template <class Body>
CK_RV entry(const char* function, Body&& body, AtExit at_exit = AtExit::kNotInitialized) {
  const Call call;
  if (call.is_too_late()) return static_cast<CK_RV>(at_exit);
  Library* const library = call.library();
  if (library == nullptr) return CKR_CRYPTOKI_NOT_INITIALIZED;
  return guarded(function, [&]() -> Status {
    const HostErrors errors;
    Status status = std::forward<Body>(body)(*library);
    // What C_Finalize has cut short did not fail for any reason of its own.
    if (!status && library->stopped()) return fail(CKR_CRYPTOKI_NOT_INITIALIZED);
    return status;
  });
}

// As entry(), for the functions that begin with a session handle. body: Session& -> Status.
template <class Body>
CK_RV session_entry(const char* function, CK_SESSION_HANDLE handle, Body&& body,
                    AtExit at_exit = AtExit::kNotInitialized) {
  return entry(
      function,
      [&](Library& library) -> Status {
        const auto session = TRY(library.session(handle));
        return std::forward<Body>(body)(*session);
      },
      at_exit);
}

}  // namespace nethsm::cryptoki
