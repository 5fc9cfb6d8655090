// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <algorithm>
#include <cstring>

#include "cryptoki/rv_name.h"

namespace nethsm::conformance {
namespace {

std::string place(const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  return std::string(" (") + (slash != nullptr ? slash + 1 : file) + ":" + std::to_string(line) + ")";
}

}  // namespace

void expect_rv(CK_RV rv, std::initializer_list<CK_RV> expected, const char* call, const char* file,
               int line) {
  if (std::ranges::find(expected, rv) != expected.end()) return;
  std::string codes;
  for (const CK_RV code : expected) codes += (codes.empty() ? "" : " or ") + cryptoki::rv_name(code);
  throw Failure{std::string(call) + " answers " + cryptoki::rv_name(rv) + ", not " + codes +
                place(file, line)};
}

void expect_that(bool holds, const char* condition, const char* file, int line) {
  if (!holds) throw Failure{std::string("not so: ") + condition + place(file, line)};
}

}  // namespace nethsm::conformance
