// SPDX-License-Identifier: Apache-2.0
#include "crypto/der.h"

#include "catch.hpp"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;

TEST_CASE("lengths are read in their shortest form only") {
  const Bytes long_content(200, 1);
  const Bytes encoded = der::octet_string(long_content);
  CHECK(to_hex(ByteView(encoded).first(3)) == "0481c8");
  CHECK(to_bytes(der::octet_string_content(encoded).value()) == long_content);
  CHECK(to_hex(ByteView(der::octet_string(Bytes(127))).first(2)) == "047f");
  CHECK(to_hex(ByteView(der::octet_string(Bytes(128))).first(3)) == "048180");
  CHECK(to_hex(ByteView(der::octet_string(Bytes(65536))).first(5)) == "0483010000");
  CHECK(der::octet_string_content(der::octet_string(Bytes(65536))));

  CHECK_FALSE(der::octet_string_content(hex("048101aa")));        // would fit in one byte
  CHECK_FALSE(der::octet_string_content(hex("04820001aa")));      // led by zero
  CHECK_FALSE(der::octet_string_content(hex("0480aa0000")));      // indefinite
  CHECK_FALSE(der::octet_string_content(hex("0485ffffffffff")));  // absurd
  CHECK_FALSE(der::octet_string_content(hex("0484ffffffff")));
}

TEST_CASE("an element ends within its input and is alone in it") {
  CHECK(der::octet_string_content(hex("0401aa")));
  CHECK(der::octet_string_content(hex("0400")).value().empty());
  CHECK_FALSE(der::octet_string_content(hex("0402aa")));
  CHECK_FALSE(der::octet_string_content(hex("0401aa00")));
  CHECK_FALSE(der::octet_string_content(hex("04")));
  CHECK_FALSE(der::octet_string_content({}));
  CHECK_FALSE(der::octet_string_content(hex("0301aa")));
  CHECK_FALSE(der::Reader(hex("1f8101aa")).next());  // a tag of several bytes
}

TEST_CASE("a reader reads nothing more after a failure") {
  const Bytes input = hex("0401aa0201050401bb");
  der::Reader reader(input);
  CHECK(reader.next(der::kOctetString));
  CHECK_FALSE(reader.next_if(der::kOctetString));
  CHECK(reader.next_if(der::kInteger));
  CHECK_FALSE(reader.next(der::kInteger));
  CHECK(reader.empty());
  CHECK_FALSE(reader.next());
}

TEST_CASE("numbers are read only in DER and without a sign") {
  CHECK(to_hex(der::unsigned_number(hex("7f")).value()) == "7f");
  CHECK(to_hex(der::unsigned_number(hex("0080")).value()) == "80");
  CHECK(to_hex(der::unsigned_number(hex("00")).value()) == "00");
  CHECK_FALSE(der::unsigned_number(hex("80")));
  CHECK_FALSE(der::unsigned_number(hex("007f")));
  CHECK_FALSE(der::unsigned_number(hex("0000")));
  CHECK_FALSE(der::unsigned_number({}));
}

TEST_CASE("numbers are written without a sign, whatever zeros lead them") {
  CHECK(to_hex(der::unsigned_integer(hex("80"))) == "02020080");
  CHECK(to_hex(der::unsigned_integer(hex("00007f"))) == "02017f");
  CHECK(to_hex(der::unsigned_integer(hex("00"))) == "020100");
  CHECK(to_hex(der::unsigned_integer({})) == "020100");
}

TEST_CASE("the content of an integer is seen as it stands") {
  CHECK(to_hex(der::integer_content(hex("02020080")).value()) == "0080");
  CHECK(to_hex(der::integer_content(hex("0201ff")).value()) == "ff");
  CHECK_FALSE(der::integer_content(hex("0200")));
  CHECK_FALSE(der::integer_content(hex("02010100")));
}

TEST_CASE("bit strings of whole octets only") {
  CHECK(to_hex(der::bit_string(hex("aabb"))) == "030300aabb");
  CHECK(to_hex(der::bit_string_octets(hex("00aabb")).value()) == "aabb");
  CHECK_FALSE(der::bit_string_octets(hex("01aabb")));
  CHECK_FALSE(der::bit_string_octets({}));
}

}  // namespace
}  // namespace nethsm::crypto
