// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>

#include "catch.hpp"
#include "fact.h"
#include "pkcs11/pkcs11.h"

namespace {

// Up to 0.24 p11-kit has 0x1c0 and following for these; the standard has 0x1b5 and following since 2.40.
constexpr std::string_view kWrongInP11Kit[] = {"CKR_EXCEEDED_MAX_ITERATIONS", "CKR_FIPS_SELF_TEST_FAILED",
                                               "CKR_LIBRARY_LOAD_FAILED", "CKR_PIN_TOO_WEAK",
                                               "CKR_PUBLIC_KEY_INVALID"};

TEST_CASE("the return values that p11-kit had wrong are those of the standard") {
  CHECK(CKR_EXCEEDED_MAX_ITERATIONS == 0x1b5);
  CHECK(CKR_FIPS_SELF_TEST_FAILED == 0x1b6);
  CHECK(CKR_LIBRARY_LOAD_FAILED == 0x1b7);
  CHECK(CKR_PIN_TOO_WEAK == 0x1b8);
  CHECK(CKR_PUBLIC_KEY_INVALID == 0x1b9);
}

TEST_CASE("our PKCS#11 headers agree with those of p11-kit wherever both say something") {
  int shared_constants = 0;
  int shared_layouts = 0;
  const fact* theirs = p11_kit_facts;
  for (const fact* ours = our_facts; ours->name != nullptr; ++ours, ++theirs) {
    REQUIRE(theirs->name != nullptr);
    REQUIRE(std::string(ours->name) == theirs->name);
    CHECK(ours->known == 1);
    if (theirs->known == 0 || std::ranges::find(kWrongInP11Kit, ours->name) != std::end(kWrongInP11Kit))
      continue;
    INFO(ours->name);
    CHECK(ours->value == theirs->value);
    const bool is_constant = std::string(ours->name).find_first_of(" .") == std::string::npos;
    ++(is_constant ? shared_constants : shared_layouts);
  }
  CHECK(theirs->name == nullptr);
  // A header that was not found, or a generator that found no names, would make everything agree.
  CAPTURE(shared_constants, shared_layouts);
  CHECK(shared_constants > 500);
  CHECK(shared_layouts > 150);
}

#define COUNT_FUNCTION(name, parameters, arguments) +1
constexpr std::size_t kFunctions240 = 0 CK_PKCS11_FUNCTIONS_2_40(COUNT_FUNCTION);
constexpr std::size_t kFunctions30 = 0 CK_PKCS11_FUNCTIONS_3_0(COUNT_FUNCTION);
constexpr std::size_t kFunctions32 = 0 CK_PKCS11_FUNCTIONS_3_2(COUNT_FUNCTION);

TEST_CASE("the function lists hold the functions of their versions and nothing else") {
  CHECK(kFunctions240 == 68);
  CHECK(kFunctions30 == 24);
  CHECK(kFunctions32 == 12);
  constexpr std::size_t kVersion = sizeof(void*);  // two bytes and padding
  CHECK(sizeof(CK_FUNCTION_LIST) == kVersion + kFunctions240 * sizeof(void*));
  CHECK(sizeof(CK_FUNCTION_LIST_3_0) == kVersion + (kFunctions240 + kFunctions30) * sizeof(void*));
  CHECK(sizeof(CK_FUNCTION_LIST_3_2) ==
        kVersion + (kFunctions240 + kFunctions30 + kFunctions32) * sizeof(void*));
}

TEST_CASE("a later function list begins with the earlier ones") {
#define CHECK_SAME_PLACE(name, parameters, arguments)                              \
  CHECK(offsetof(CK_FUNCTION_LIST, name) == offsetof(CK_FUNCTION_LIST_3_0, name)); \
  CHECK(offsetof(CK_FUNCTION_LIST, name) == offsetof(CK_FUNCTION_LIST_3_2, name));
  CK_PKCS11_FUNCTIONS_2_40(CHECK_SAME_PLACE)
  CHECK(offsetof(CK_FUNCTION_LIST_3_0, C_GetInterfaceList) == sizeof(CK_FUNCTION_LIST));
  CHECK(offsetof(CK_FUNCTION_LIST_3_0, C_MessageVerifyFinal) == sizeof(CK_FUNCTION_LIST_3_0) - sizeof(void*));
  CHECK(offsetof(CK_FUNCTION_LIST_3_2, C_MessageVerifyFinal) ==
        offsetof(CK_FUNCTION_LIST_3_0, C_MessageVerifyFinal));
  CHECK(offsetof(CK_FUNCTION_LIST_3_2, C_EncapsulateKey) == sizeof(CK_FUNCTION_LIST_3_0));
  CHECK(offsetof(CK_FUNCTION_LIST_3_2, C_UnwrapKeyAuthenticated) ==
        sizeof(CK_FUNCTION_LIST_3_2) - sizeof(void*));
}

template <class... Parameters>
constexpr bool takes(CK_RV (*)(Parameters...), const std::tuple<Parameters...>&) {
  return true;
}

#define PASS_ON(name, parameters, arguments) \
  [[maybe_unused]] bool pass_on_##name parameters { return takes(CK_##name{}, std::make_tuple arguments); }

// Compiles only if the arguments of each row are its parameters, all of them and in order.
CK_PKCS11_FUNCTIONS_2_40(PASS_ON)
CK_PKCS11_FUNCTIONS_3_0(PASS_ON)
CK_PKCS11_FUNCTIONS_3_2(PASS_ON)

}  // namespace
