// SPDX-License-Identifier: Apache-2.0
#include "base/socket_address.h"

#include <netinet/in.h>

#include "catch.hpp"

using namespace nethsm;

TEST_CASE("Addresses with ports are read in both families") {
  const auto v4 = parse_socket_address("192.0.2.1:514");
  REQUIRE(v4.has_value());
  CHECK(v4->family() == AF_INET);
  CHECK(v4->size == sizeof(sockaddr_in));
  CHECK(reinterpret_cast<const sockaddr_in*>(v4->get())->sin_port == htons(514));
  const auto v6 = parse_socket_address("[2001:db8::1]:65535");
  REQUIRE(v6.has_value());
  CHECK(v6->family() == AF_INET6);
  CHECK(reinterpret_cast<const sockaddr_in6*>(v6->get())->sin6_port == htons(65535));
}

TEST_CASE("What is no address with a port is refused") {
  const auto* text =
      GENERATE("", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1: 5",
               "localhost:514", "2001:db8::1:514", "[192.0.2.1]:514", "[2001:db8::1]", "192.0.2.1:5x");
  CAPTURE(text);
  CHECK_FALSE(parse_socket_address(text).has_value());
}

TEST_CASE("A path that does not fit a unix socket address is refused") {
  CHECK(unix_socket_address("/dev/log").has_value());
  CHECK_FALSE(unix_socket_address("").has_value());
  CHECK_FALSE(unix_socket_address(std::string(200, 'x')).has_value());
}
