// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <span>
#include <string>

#include "pkcs11/pkcs11.h"

// A small table-driven framework: a check is a row of a table, a sentence with the requirement that it comes
// from and a function that throws unless the module does as the sentence says.
namespace nethsm::conformance {

class Provider;

struct Check {
  const char* sentence;     // unique; the tables of known differences name the check by it
  const char* requirement;  // "§2 C_Login": chapter and row of the list of requirements
  void (*run)(Provider&);
};

struct Failure {
  std::string what;
};
// The token is not one that the sentence speaks of.
struct NotApplicable {
  std::string why;
};

void expect_rv(CK_RV rv, std::initializer_list<CK_RV> expected, const char* call, const char* file, int line);
void expect_that(bool holds, const char* condition, const char* file, int line);

// EXPECT(call, code ...): the call answers one of the codes.
#define EXPECT(call, ...) ::nethsm::conformance::expect_rv((call), {__VA_ARGS__}, #call, __FILE__, __LINE__)
#define EXPECT_THAT(condition) ::nethsm::conformance::expect_that((condition), #condition, __FILE__, __LINE__)

using Checks = std::span<const Check>;
Checks lifecycle_checks();
Checks slot_checks();
Checks mechanism_checks();
Checks mechanism_use_checks();
Checks session_checks();
Checks login_checks();
Checks find_checks();
Checks attribute_checks();
Checks generation_checks();
Checks cipher_checks();
Checks cipher_mode_checks();
Checks signature_checks();
Checks digest_checks();
Checks random_checks();
Checks interface_checks();
Checks profile_checks();

}  // namespace nethsm::conformance
