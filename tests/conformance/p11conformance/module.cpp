// SPDX-License-Identifier: Apache-2.0
#include "module.h"

#include <dlfcn.h>

#include <stdexcept>

namespace nethsm::conformance {

Module::Module(const std::string& path) : library_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (library_ == nullptr) throw std::runtime_error(std::string("the module cannot be loaded: ") + dlerror());
  const auto get = symbol<CK_C_GetFunctionList>("C_GetFunctionList");
  if (get == nullptr || get(&functions_) != CKR_OK) {
    throw std::runtime_error(path + " has no function list");
  }
}

// Left loaded: what a module does when it is unloaded is not this program's subject.
Module::~Module() = default;

void* Module::address(const char* name) const { return dlsym(library_, name); }

}  // namespace nethsm::conformance
