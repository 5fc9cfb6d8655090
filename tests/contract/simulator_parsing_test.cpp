// SPDX-License-Identifier: Apache-2.0
// What the simulator makes of the texts in requests: JSON, times, paths, formats, addresses.
#include "catch.hpp"
#include "simulator/conditions.h"
#include "simulator/http_message.h"
#include "simulator/identifier.h"
#include "simulator/ip_address.h"
#include "simulator/json_record.h"
#include "simulator/lax_json.h"
#include "simulator/timestamp.h"

using namespace nethsm::simulator;
using Segments = std::vector<std::string>;

namespace {

std::string json_complaint(std::string_view text) {
  try {
    parse_lax_json(text);
  } catch (const JsonSyntaxError& error) {
    return error.text();
  }
  return {};
}

Request with_header(std::string name, std::string value, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.headers = {{std::move(name), std::move(value)}};
  return request;
}

}  // namespace

TEST_CASE("JSON may have comments, bare names and blanks anywhere") {
  const auto json = parse_lax_json(
      "// first\n { a : [ 1, -2 ,true ] /* c\n */, \"b\":null, c: {} , d:\"\\u00e4\\ud83d\\ude00\\n\"}");
  CHECK(json["a"].dump() == "[1,-2,true]");
  CHECK(json["b"].is_null());
  CHECK(json["c"].is_object());
  CHECK(json["d"] == "\xc3\xa4\xf0\x9f\x98\x80\n");
}

TEST_CASE("values beyond JSON are read but fit no schema") {
  for (const char* text :
       {"NaN", "-Infinity", "(1,2)", "<\"A\">", "<\"A\":1>", "99999999999999999999", "1.0", "1e1"}) {
    CAPTURE(text);
    const auto json = parse_lax_json(text);
    CHECK_FALSE(json.is_number_integer());
    CHECK_FALSE(json.is_structured());
    CHECK_FALSE(json.is_string());
  }
}

TEST_CASE("of members with one name the last stays") { CHECK(parse_lax_json("{a:1,a:2}")["a"] == 2); }

TEST_CASE("JSON complaints name the place in the lexer's way") {
  CHECK(json_complaint("") == "Blank input data");
  CHECK(json_complaint(" \n/* c */") == "Blank input data");
  CHECK(json_complaint("x") == "Line 1, bytes 0-1:\nInvalid token 'x'");
  CHECK(json_complaint("{\"a\" 1}") == "Line 1, bytes 5-7:\nExpected ':' but found '1}'");
  CHECK(json_complaint("{\n\"a\":}") == "Line 2, bytes 4-5:\nInvalid token '}'");
  CHECK(json_complaint("[1 2]") == "Line 1, bytes 3-5:\nExpected ',' or ']' but found '2]'");
  CHECK(json_complaint("\"abc") == "Line 1, bytes 3-4:\nUnexpected end of input");
  CHECK(json_complaint("1 2") == "Line 1, bytes 2-3:\nJunk after end of JSON value: '2'");
  CHECK(json_complaint("/* never closed").find("Unterminated comment") != std::string::npos);
  CHECK(json_complaint("\"\\q\"").find("Invalid escape sequence") != std::string::npos);
  CHECK(json_complaint(std::string("\0", 1)) == std::string("Line 1, bytes 0-1:\nInvalid token '\0'", 36));
  CHECK(json_complaint(std::string(1000000, '[')) == "Stack overflow");
}

TEST_CASE("times are read with zero offset only and told without fractions") {
  CHECK(format_timestamp(parse_timestamp("2026-08-21T11:28:56Z")) == "2026-08-21T11:28:56Z");
  CHECK(format_timestamp(parse_timestamp("2024-02-29t23:59:59.987654+00:00")) == "2024-02-29T23:59:59Z");
  CHECK(format_timestamp(parse_timestamp("1969-12-31T23:59:59Z")) == "1969-12-31T23:59:59Z");
  CHECK_THROWS_WITH(parse_timestamp("2026-01-02T03:04:05+01:00"),
                    "Error while parsing timestamp. Offset must be 0.");
  CHECK_THROWS_WITH(parse_timestamp("2025-02-29T00:00:00Z"),
                    "Failed to decode timestamp: invalid time stamp at position 0 to 19.");
  CHECK_THROWS_WITH(parse_timestamp(""),
                    "Failed to decode timestamp: unexpected end of input at position 0 to 0.");
}

TEST_CASE("paths are normalised before they are matched") {
  CHECK(path_segments("/api/v1/keys") == Segments{"keys"});
  CHECK(path_segments("/api/v1/keys/") == Segments{"keys"});
  CHECK(path_segments("/api/v1/keys//") == Segments{"keys", ""});
  CHECK(path_segments("/api/v1/%6Beys/a%2fb%7E%2A") == Segments{"keys", "a%2fb~*"});
  CHECK(path_segments("/api/v1/x/../keys/./k") == Segments{"keys", "k"});
  CHECK(path_segments("/api/v1/keys/%zz%2") == Segments{"keys", "%zz%2"});
  CHECK_FALSE(path_segments("/api/v1").has_value());
  CHECK_FALSE(path_segments("//api/v1/keys").has_value());
  CHECK_FALSE(path_segments("/api/v1/../v2/keys").has_value());
  CHECK_FALSE(path_segments("").has_value());
}

TEST_CASE("query values are decoded, and presence counts") {
  Request request;
  request.target = "/api/v1/keys?filter&label=a%20b+c&x=%zz";
  CHECK(request.query("filter") == "");
  CHECK(request.query("label") == "a b c");
  CHECK(request.query("x") == "%zz");
  CHECK_FALSE(request.query("lab").has_value());
  CHECK(request.raw_path() == "/api/v1/keys");
}

TEST_CASE("Accept is satisfied by any range that includes the type, whatever its quality") {
  for (const char* value : {"*/*", "application/*", "APPLICATION/JSON;q=0", "text/html, application/json"})
    CHECK(accepts_type(with_header("accept", value), kJson));
  for (const char* value : {"", "*", "application", "text/plain", "text/*"})
    CHECK_FALSE(accepts_type(with_header("Accept", value), kJson));
  CHECK(accepts_type(Request(), kJson));
}

TEST_CASE("only a refused identity encoding is not acceptable") {
  CHECK(accepts_identity_encoding(with_header("Accept-Encoding", "gzip")));
  CHECK(accepts_identity_encoding(with_header("Accept-Encoding", "gzip, *;q=0, identity;q=0.5")));
  CHECK_FALSE(accepts_identity_encoding(with_header("Accept-Encoding", "identity;q=0")));
  CHECK_FALSE(accepts_identity_encoding(with_header("Accept-Encoding", "gzip, *; q=0.0")));
}

TEST_CASE("conditions compare entity tags") {
  const std::optional<std::string> tag = "\"t\"";
  CHECK(check_conditions(with_header("If-None-Match", "\"x\", \"t\""), true, tag) == 304);
  CHECK(check_conditions(with_header("If-None-Match", "\"t\"", "PUT"), true, tag) == 412);
  CHECK(check_conditions(with_header("If-None-Match", "\"x\""), true, tag) == 0);
  CHECK(check_conditions(with_header("If-Match", "\"x\""), true, tag) == 412);
  CHECK(check_conditions(with_header("If-Match", "\"t\""), true, std::nullopt) == 412);
  CHECK(check_conditions(with_header("If-Match", "*"), false, std::nullopt) == 412);
  CHECK(check_conditions(with_header("If-Match", "*"), true, std::nullopt) == 0);
}

TEST_CASE("ids are checked for length before characters") {
  CHECK(id_complaint("a.b-c_D9").empty());
  CHECK(id_complaint(std::string(128, 'x')).empty());
  CHECK(id_complaint("") == "ID cannot be shorter than 1 character.");
  CHECK(id_complaint(std::string(129, '%')) == "ID cannot be longer than 128 characters.");
  CHECK(id_complaint("-%") == "ID may only contain alphanumeric characters, underscores, dashes, and dots.");
  CHECK(id_complaint(".x") == "ID cannot start with underscore, dash, or dot.");
}

TEST_CASE("addresses are told in their canonical form") {
  CHECK(canonical_ip("010.0.0.1") == "10.0.0.1");
  CHECK(canonical_ip("2001:DB8:0::1") == "2001:db8::1");
  CHECK(canonical_ipv6_prefix("2001:db8::5/64") == "2001:db8::5/64");
  CHECK(is_netmask(0xffffff00));
  CHECK(is_netmask(0));
  CHECK_FALSE(is_netmask(0xff00ff00));
  CHECK_THROWS_WITH(parse_ipv4("1.2.3.999999999999999999999"), Catch::Contains("fourth octet out of bounds"));
  CHECK_THROWS_AS(canonical_ipv6_prefix("2001:db8::5"), SchemaError);
}
