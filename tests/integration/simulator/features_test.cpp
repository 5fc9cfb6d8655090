// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "bad_input/any_call.h"
#include "catch.hpp"
#include "features_page.h"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE("The functions that the page of features calls unsupported are those that say so") {
  std::set<std::string> expected, found;
  for (const auto& row : features_table("Functions")) {
    REQUIRE(row.size() == 3);
    if (row[1] != "CKR_FUNCTION_NOT_SUPPORTED") continue;
    for (auto& name : split(row[0], ", ")) expected.insert(std::move(name));
  }
  expected.erase("C_InitToken");  // takes no session, and looks at its arguments first

  const ConfigFile config({device_slot()});
  const TokenSession token;
  for (const Function& function : all_functions(*token.module.operator->())) {
    if (!function.takes_session() || function.name == "C_CloseSession") continue;
    std::vector<Word> words(function.parameters.size());
    words[0] = token.session;
    if (function.call(words) == CKR_FUNCTION_NOT_SUPPORTED) found.insert(function.name);
  }
  CHECK(found == expected);
}
