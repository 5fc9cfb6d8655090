// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <algorithm>

#include "catch.hpp"

using namespace nethsm;

TEST_CASE("Secrets are equal if their bytes are") {
  CHECK(Secret(std::string_view("passphrase")) == Secret(std::string_view("passphrase")));
  CHECK_FALSE(Secret(std::string_view("passphrase")) == Secret(std::string_view("Passphrase")));
  CHECK_FALSE(Secret(std::string_view("passphrase")) == Secret(std::string_view("pass")));
  CHECK(Secret() == Secret(std::string_view()));
}

TEST_CASE("A secret reveals the bytes that it was made of") {
  const Secret secret(std::string_view("value"));
  CHECK(as_text(secret.reveal()) == "value");
  CHECK(secret.size() == 5);
  CHECK_FALSE(secret.empty());
}

TEST_CASE("Wiping overwrites every byte") {
  std::vector<std::uint8_t> bytes(64, 0xaa);
  wipe(bytes.data(), bytes.size());
  CHECK(std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; }));
}
