// SPDX-License-Identifier: Apache-2.0
#include "crypto/ecdsa.h"

#include "catch.hpp"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;

TEST_CASE("both halves of an ECDSA signature get the width of the order") {
  const auto fixed = ecdsa_fixed_from_der(hex("3007020200ff02017f"), 4);
  REQUIRE(fixed);
  CHECK(to_hex(*fixed) == "000000ff0000007f");
}

TEST_CASE("an ECDSA signature of full width keeps all of its bits") {
  const Bytes half(66, 0xff);
  Bytes fixed = half;
  fixed.insert(fixed.end(), half.begin(), half.end());
  const auto der = ecdsa_der_from_fixed(fixed);
  REQUIRE(der);
  CHECK(to_hex(ByteView(*der).first(5)) == "30818a0243");
  CHECK(ecdsa_fixed_from_der(*der, 66).value() == fixed);
  CHECK_FALSE(ecdsa_fixed_from_der(*der, 65));
}

TEST_CASE("malformed ECDSA signatures are refused") {
  const char* const malformed[] = {
      "",
      "3000",
      "3003020101",              // one number
      "3009020101020101020101",  // three
      "300602010102010100",      // something after it
      "3006020181020101",        // negative
      "300702020001020101",      // padded
      "3006020101040101",        // not a number
      "30050200020101",          // an empty number
      "308106020101020101",      // a long form of a short length
      "3106020101020101",        // a set
  };
  for (const std::string_view text : malformed) {
    CAPTURE(text);
    CHECK_FALSE(ecdsa_fixed_from_der(hex(text), 32));
  }
  CHECK_FALSE(ecdsa_der_from_fixed({}));
  CHECK_FALSE(ecdsa_der_from_fixed(hex("010203")));
}

TEST_CASE("signatures of every curve survive the way to the fixed form and back") {
  for (const CurveRow& row : kCurves) {
    if (row.curve == Curve::kEd25519) continue;
    CAPTURE(row.name);
    for (int i = 0; i < 20; ++i) {
      const Bytes der = test::SoftwareKey::on(row.curve).sign_ecdsa(Bytes(32, static_cast<std::uint8_t>(i)));
      const auto fixed = ecdsa_fixed_from_der(der, order_size(row.curve));
      REQUIRE(fixed);
      CHECK(fixed->size() == 2 * order_size(row.curve));
      CHECK(ecdsa_der_from_fixed(*fixed).value() == der);
    }
  }
}

}  // namespace
}  // namespace nethsm::crypto
