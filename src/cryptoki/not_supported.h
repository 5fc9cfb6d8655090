// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cryptoki/entry.h"

namespace nethsm::cryptoki {

// For the functions that the module does not carry out. Each is there all the same, as applications take the
// addresses of all of them, and says so once the module is initialised and the session exists.
inline CK_RV not_supported(const char* function, CK_SESSION_HANDLE session) {
  return session_entry(function, session,
                       [](Session&) -> Status { return fail(CKR_FUNCTION_NOT_SUPPORTED); });
}

// The same with the arguments of any such function.
struct NotSupported {
  const char* function;
  template <class... Ignored>
  CK_RV operator()(CK_SESSION_HANDLE session, const Ignored&...) const {
    return not_supported(function, session);
  }
};

}  // namespace nethsm::cryptoki
