// SPDX-License-Identifier: Apache-2.0
#include "bad_input/any_call.h"

#include <sstream>
#include <type_traits>
#include <utility>

namespace nethsm::test {
namespace {

template <class T>
T from_word(Word word) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<T>(word);
  } else if constexpr (std::is_same_v<T, Word>) {
    return word;
  } else {
    return static_cast<T>(word);
  }
}

template <class... Parameters>
std::function<CK_RV(std::span<const Word>)> caller(CK_RV (*function)(Parameters...)) {
  return [function](std::span<const Word> words) {
    return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
      return function(from_word<Parameters>(words[kIndex])...);
    }
    (std::index_sequence_for<Parameters...>());
  };
}

// Of "(CK_SESSION_HANDLE hSession, CK_FLAGS flags)".
std::vector<Parameter> parse(const std::string& text) {
  std::vector<Parameter> parameters;
  std::istringstream list(text.substr(1, text.size() - 2));
  for (std::string one; std::getline(list, one, ',');) {
    std::istringstream words(one);
    Parameter parameter;
    words >> parameter.type >> parameter.name;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace

std::vector<Function> all_functions(const CK_FUNCTION_LIST_3_2& list) {
  std::vector<Function> functions;
#define ADD(name, parameters, arguments) functions.push_back({#name, parse(#parameters), caller(list.name)});
  CK_PKCS11_FUNCTIONS_2_40(ADD)
  CK_PKCS11_FUNCTIONS_3_0(ADD)
  CK_PKCS11_FUNCTIONS_3_2(ADD)
#undef ADD
  return functions;
}

}  // namespace nethsm::test
