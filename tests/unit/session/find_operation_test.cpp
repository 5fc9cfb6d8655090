// SPDX-License-Identifier: Apache-2.0
#include "session/find_operation.h"

#include <array>

#include "catch.hpp"

using nethsm::session::FindOperation;

TEST_CASE("A search hands out the same handles in the same order, however many are taken at a time") {
  const std::vector<CK_OBJECT_HANDLE> found = {3, 1, 4, 15, 9};
  FindOperation search(found);
  const auto step = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{1024});
  std::vector<CK_OBJECT_HANDLE> taken;
  std::vector<CK_OBJECT_HANDLE> page(step);
  while (const std::size_t count = search.next(page)) {
    taken.insert(taken.end(), page.begin(), page.begin() + static_cast<std::ptrdiff_t>(count));
  }
  CHECK(taken == found);
  CHECK(search.next(page) == 0);
}
