// SPDX-License-Identifier: Apache-2.0
#include "cryptoki/entry.h"

#include <exception>

#include "base/log.h"
#include "cryptoki/rv_name.h"

namespace nethsm::cryptoki {
namespace {

// What an administrator should hear of. The other codes are ordinary answers to the application.
bool concerns_the_administrator(CK_RV rv) {
  switch (rv) {
    case CKR_GENERAL_ERROR:
    case CKR_FUNCTION_FAILED:
    case CKR_HOST_MEMORY:
    case CKR_DEVICE_ERROR:
    case CKR_DEVICE_MEMORY:
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_PIN_INCORRECT:
      return true;
    default:
      return false;
  }
}

}  // namespace

CK_RV report(const char* function, const token::Error& error) noexcept {
  try {
    const std::string name = rv_name(error.rv);
    const char* separator = error.message.empty() ? "" : ": ";
    if (error.is_loud || concerns_the_administrator(error.rv)) {
      log::warn("%s: %s%s%s", function, name.c_str(), separator, error.message.c_str());
    } else {
      log::debug("%s: %s%s%s", function, name.c_str(), separator, error.message.c_str());
    }
  } catch (...) {
    log::warn("%s failed", function);
  }
  return error.rv;
}

CK_RV report_no_memory(const char* function) noexcept {
  log::error("%s: out of memory", function);
  return CKR_HOST_MEMORY;
}

CK_RV report_exception() noexcept {
  try {
    throw;
  } catch (const std::exception& exception) {
    log::error("internal error: %s", exception.what());
  } catch (...) {
    log::error("internal error");
  }
  return CKR_GENERAL_ERROR;
}

}  // namespace nethsm::cryptoki
