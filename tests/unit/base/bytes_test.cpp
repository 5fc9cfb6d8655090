// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include "catch.hpp"

using namespace nethsm;
using namespace std::string_literals;

TEST_CASE("Hexadecimal text is written in either case and read in both") {
  const Bytes bytes{0x00, 0x7f, 0xab, 0xff};
  CHECK(to_hex(bytes) == "007fabff");
  CHECK(to_hex(bytes, HexCase::kUpper) == "007FABFF");
  CHECK(from_hex("007FabfF") == bytes);
  CHECK(to_hex({}).empty());
  CHECK(from_hex("") == Bytes{});
}

TEST_CASE("Text that is not hexadecimal is refused") {
  const auto* text = GENERATE("0", "0g", "g0", " 00", "0x00", "00 ", "00:11");
  CAPTURE(text);
  CHECK_FALSE(from_hex(text).has_value());
}

TEST_CASE("Base64 follows the test vectors of RFC 4648") {
  const auto [plain, encoded] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                          {"f", "Zg=="},
                                                                          {"fo", "Zm8="},
                                                                          {"foo", "Zm9v"},
                                                                          {"foob", "Zm9vYg=="},
                                                                          {"fooba", "Zm9vYmE="},
                                                                          {"foobar", "Zm9vYmFy"},
                                                                          {"\xfb\xff\xfe", "+//+"}}));
  CHECK(to_base64(as_bytes(plain)) == encoded);
  CHECK(from_base64(encoded) == to_bytes(plain));
}

TEST_CASE("Malformed base64 is refused") {
  const auto text = GENERATE("Zg"s, "Zg="s, "Z"s, "Zg==="s, "===="s, "="s, "Z==="s, "Q=QQ"s, "QR=="s, "Zm9="s,
                             " Zg=="s, "Zg==\n"s, "Zm9v\nZm9v"s, "Zm-_"s, "Zg==Zg=="s, "Zm9\0"s, "A=A="s);
  CAPTURE(text);
  CHECK_FALSE(from_base64(text).has_value());
}

TEST_CASE("Base64 keeps every byte of a large value") {
  Bytes bytes((3U << 20) + 4097);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  const std::string text = to_base64(bytes);
  CHECK(text.size() == (bytes.size() + 2) / 3 * 4);
  CHECK((from_base64(text) == bytes));
}

TEST_CASE("Well-formed UTF-8 is recognised") {
  const auto text = GENERATE(""s, "plain"s, "Schl\xc3\xbcssel"s, "\xe2\x82\xac"s, "\xf0\x9f\x94\x91"s,
                             "\xf4\x8f\xbf\xbf"s, "\0"s, "\xed\x9f\xbf\xee\x80\x80"s);
  CHECK(is_valid_utf8(as_bytes(text)));
}

TEST_CASE("Ill-formed UTF-8 is recognised") {
  const auto text = GENERATE("\x80"s, "\xc3"s, "\xc3("s, "\xc0\xaf"s, "\xe0\x80\xaf"s, "\xed\xa0\x80"s,
                             "\xf4\x90\x80\x80"s, "\xf8\x88\x80\x80\x80"s, "ab\xe2\x82"s, "\xff"s);
  CHECK_FALSE(is_valid_utf8(as_bytes(text)));
}
