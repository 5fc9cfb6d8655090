// SPDX-License-Identifier: Apache-2.0
#include "transport/resolver.h"

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::transport;

TEST_CASE("Literal addresses are taken as they are") {
  Resolver resolver;
  const auto v4 = resolver.resolve("192.0.2.7", 8443);
  REQUIRE(v4);
  REQUIRE(v4->size() == 1);
  CHECK(v4->front().to_string() == "192.0.2.7:8443");
  const auto v6 = resolver.resolve("2001:db8::1", 443);
  REQUIRE(v6);
  CHECK(v6->front().to_string() == "[2001:db8::1]:443");
}

TEST_CASE("A name is resolved, and again with another port") {
  Resolver resolver;
  for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{2}}) {
    const auto addresses = resolver.resolve("localhost", port);
    REQUIRE(addresses);
    for (const auto& address : *addresses) CHECK(address.to_string().ends_with(":" + std::to_string(port)));
  }
  resolver.distrust("localhost");
  CHECK(resolver.resolve("localhost", 1));
}

TEST_CASE("A name that does not exist is a failure before anything is sent") {
  Resolver resolver;
  const auto addresses = resolver.resolve("no-such-host.invalid", 443);
  REQUIRE_FALSE(addresses);
  CHECK(addresses.error().kind == FailureKind::kResolve);
  CHECK(addresses.error().provably_not_sent());
  CHECK(addresses.error().message.find("no-such-host.invalid") != std::string::npos);
}
