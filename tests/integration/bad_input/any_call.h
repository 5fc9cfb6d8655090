// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "pkcs11/pkcs11.h"

// Any function of the module, called with any arguments.
namespace nethsm::test {

// An argument: a number, or a pointer as a number.
using Word = std::uintptr_t;

struct Parameter {
  std::string type;  // "CK_BYTE_PTR"
  std::string name;  // "pData"
};

struct Function {
  std::string name;
  std::vector<Parameter> parameters;
  std::function<CK_RV(std::span<const Word>)> call;

  bool takes_session() const { return !parameters.empty() && parameters[0].type == "CK_SESSION_HANDLE"; }
};

// All of the list, in its order.
std::vector<Function> all_functions(const CK_FUNCTION_LIST_3_2& list);

}  // namespace nethsm::test
