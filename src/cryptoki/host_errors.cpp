// SPDX-License-Identifier: Apache-2.0
#include "cryptoki/host_errors.h"

#include <openssl/err.h>

#include "base/openssl_errors.h"

namespace nethsm::cryptoki {

HostErrors::HostErrors() {
  const char* file = nullptr;
  const char* function = nullptr;
  const char* data = nullptr;
  int line = 0;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(&file, &line, &function, &data, &flags)) {
    entries_.push_back({code, file, function, (flags & ERR_TXT_STRING) != 0 ? data : "", line});
  }
}

HostErrors::~HostErrors() {
  clear_openssl_errors();
  for (const Entry& entry : entries_) {
    ERR_new();
    ERR_set_debug(entry.file.c_str(), entry.line, entry.function.c_str());
    if (entry.data.empty()) {
      ERR_set_error(ERR_GET_LIB(entry.code), ERR_GET_REASON(entry.code), nullptr);
    } else {
      ERR_set_error(ERR_GET_LIB(entry.code), ERR_GET_REASON(entry.code), "%s", entry.data.c_str());
    }
  }
}

}  // namespace nethsm::cryptoki
