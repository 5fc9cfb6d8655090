// SPDX-License-Identifier: Apache-2.0
#include "transport/message.h"
#include "catch.hpp"
#include "transport/request_head.h"

using namespace nethsm;
using namespace nethsm::transport;

namespace {

std::string wire_form(const std::string& url, const Request& request) {
  SecretBytes out;
  append_request(out, parse_url(url).value(), request);
  std::string text(out.begin(), out.end());
  // The version changes with each release.
  const auto version = text.find("nethsm-pkcs11/") + 13;
  CHECK(text[version + 1] >= '0');
  CHECK(text[version + 1] <= '9');
  text.erase(version, text.find("\r\n", version) - version);
  return text;
}

}  // namespace

TEST_CASE("A user and a passphrase become a Basic authorization") {
  struct Case {
    const char* user;
    const char* passphrase;
    const char* value;
  };
  const auto c = GENERATE(
      Case{"Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},  // RFC 7617 §2
      Case{"operator", "", "Basic b3BlcmF0b3I6"}, Case{"ns~op", "a:b\xc3\xa4", "Basic bnN+b3A6YTpiw6Q="});
  const auto authorization = basic_authorization(c.user, Secret(std::string_view(c.passphrase)));
  CHECK(as_text(authorization->reveal()) == c.value);
}

TEST_CASE("A request carries its credential and the length of its body") {
  Request request;
  request.method = Method::kPost;
  request.path = "/keys/k1/sign";
  request.authorization = basic_authorization("u", Secret(std::string_view("p")));
  request.content_type = "application/json";
  request.body = SecretBytes{'{', '}'};
  CHECK(wire_form("https://[::1]:8443/api/v1", request) ==
        "POST /api/v1/keys/k1/sign HTTP/1.1\r\nHost: [::1]:8443\r\nAccept: */*\r\n"
        "User-Agent: nethsm-pkcs11\r\nAuthorization: Basic dTpw\r\nContent-Type: "
        "application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("A request without a body says so only where one is expected") {
  Request request;
  request.path = "/info";
  CHECK(wire_form("https://host/api/v1", request).find("Content-") == std::string::npos);
  CHECK(wire_form("https://host/api/v1", request).find("\r\nHost: host\r\n") != std::string::npos);
  request.method = Method::kDelete;
  CHECK(wire_form("http://host/api/v1", request).find("Content-") == std::string::npos);
  request.method = GENERATE(Method::kPost, Method::kPut);
  CHECK(wire_form("http://host:443", request).find("\r\nHost: host:443\r\n") != std::string::npos);
  CHECK(wire_form("https://host", request).find("\r\nContent-Length: 0\r\n") != std::string::npos);
}
