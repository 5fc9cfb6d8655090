// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "transport/endpoint.h"

using nethsm::transport::parse_url;

TEST_CASE("A URL says where an instance is") {
  struct Case {
    const char* url;
    bool tls;
    const char* host;
    std::uint16_t port;
    const char* path;
  };
  const auto c = GENERATE(Case{"https://nethsm.example/api/v1", true, "nethsm.example", 443, "/api/v1"},
                          Case{"https://192.168.1.1:8443/api/v1/", true, "192.168.1.1", 8443, "/api/v1"},
                          Case{"https://[2001:db8::1]/api/v1", true, "2001:db8::1", 443, "/api/v1"},
                          Case{"https://[::1]:1234/api/v1", true, "::1", 1234, "/api/v1"},
                          Case{"http://localhost:8080/api/v1", false, "localhost", 8080, "/api/v1"},
                          Case{"http://localhost", false, "localhost", 80, ""},
                          Case{"HTTPS://host_1", true, "host_1", 443, ""},
                          Case{"https://h/behind/a%20proxy", true, "h", 443, "/behind/a%20proxy"});
  const auto endpoint = parse_url(c.url);
  REQUIRE(endpoint);
  CHECK(endpoint->url == c.url);
  CHECK(endpoint->tls == c.tls);
  CHECK(endpoint->host == c.host);
  CHECK(endpoint->port == c.port);
  CHECK(endpoint->base_path == c.path);
}

TEST_CASE("A URL that cannot work is refused with the reason") {
  struct Case {
    const char* url;
    const char* reason;
  };
  const auto c = GENERATE(
      Case{"", "https://"}, Case{"nethsm.example/api/v1", "https://"}, Case{"ftp://host/", "https://"},
      Case{"https://", "host is missing"}, Case{"https:///api/v1", "host is missing"},
      Case{"https://:443/api", "host is missing"}, Case{"https://[]/", "host is missing"},
      Case{"https://::1/api", "in brackets"}, Case{"https://2001:db8::1:443/api", "in brackets"},
      Case{"https://[::1/api", "']' is missing"}, Case{"https://[fe80::1%25eth0]/", "not an IPv6 address"},
      Case{"https://[::1]443/", "only a port"}, Case{"https://host:0/", "not a port"},
      Case{"https://host:65536/", "not a port"}, Case{"https://host:44x/", "not a port"},
      Case{"https://host:/", "not a port"}, Case{"https://user:secret@host/", "do not belong"},
      Case{"https://ho st/", "not a host name"}, Case{"https://host/a b", "no blanks"},
      Case{"https://host/a\r\nX-Y: z", "no blanks"}, Case{"https://host/?query", "'?'"},
      Case{"https://host#x", "'#'"});
  const auto endpoint = parse_url(c.url);
  REQUIRE_FALSE(endpoint);
  INFO(endpoint.error());
  CHECK(endpoint.error().find(c.reason) != std::string::npos);
  CHECK(endpoint.error().find("secret") == std::string::npos);
}
