// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "pkcs11/pkcs11.h"

namespace nethsm::conformance {

// A PKCS#11 module of any make, loaded by its path.
class Module {
 public:
  explicit Module(const std::string& path);  // throws std::runtime_error
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const CK_FUNCTION_LIST& functions() const { return *functions_; }
  // Null: the module has no such function. For C_GetInterface and C_GetInterfaceList, which no list of 2.40
  // has.
  template <class Function>
  Function symbol(const char* name) const {
    return reinterpret_cast<Function>(address(name));
  }

 private:
  void* address(const char* name) const;

  void* library_;
  CK_FUNCTION_LIST* functions_ = nullptr;
};

}  // namespace nethsm::conformance
