// SPDX-License-Identifier: Apache-2.0
#include "session/output.h"

#include "buffer.h"
#include "catch.hpp"

using namespace nethsm;

TEST_CASE("Output without a place for the length is an argument error") {
  std::uint8_t byte = 0;
  CHECK(rv(session::Output(&byte, nullptr).takes(1)) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("A size query gets the length and writes nothing") {
  Buffer buffer(4);
  const auto takes = buffer.size_query().takes(20);
  REQUIRE(takes);
  CHECK_FALSE(*takes);
  CHECK(buffer.length == 20);
  CHECK(buffer.untouched());
}

TEST_CASE("A short buffer gets the length, CKR_BUFFER_TOO_SMALL and no bytes") {
  Buffer buffer(4);
  CHECK(rv(buffer.output().takes(5)) == CKR_BUFFER_TOO_SMALL);
  CHECK(buffer.length == 5);
  CHECK(buffer.untouched());
}

TEST_CASE("A buffer that is large enough is written once, with its true length") {
  Buffer buffer(8);
  const auto output = buffer.output();
  const auto takes = output.takes(6);
  REQUIRE(takes);
  REQUIRE(*takes);
  output.write(as_bytes("abc"));
  CHECK(buffer.written() == to_bytes("abc"));
}
