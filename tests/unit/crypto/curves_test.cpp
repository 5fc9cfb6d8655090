// SPDX-License-Identifier: Apache-2.0
#include "crypto/curves.h"

#include <openssl/ec.h>
#include <openssl/objects.h>

#include "catch.hpp"
#include "crypto/der.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

int nid_of(const CurveRow& row) {
  const int nist = EC_curve_nist2nid(row.name);
  return nist != NID_undef ? nist : OBJ_txt2nid(row.name);
}

TEST_CASE("object identifiers of the curves are those of OpenSSL") {
  for (const CurveRow& row : kCurves) {
    CAPTURE(row.name);
    const ASN1_OBJECT* object = OBJ_nid2obj(nid_of(row));
    REQUIRE(object != nullptr);
    const Bytes content(OBJ_get0_data(object), OBJ_get0_data(object) + OBJ_length(object));
    CHECK(ec_params(row.curve) == der::element(der::kObjectIdentifier, content));
  }
}

TEST_CASE("sizes of the curves are those of OpenSSL") {
  for (const CurveRow& row : kCurves) {
    if (row.curve == Curve::kEd25519) continue;
    CAPTURE(row.name);
    const std::unique_ptr<EC_GROUP, void (*)(EC_GROUP*)> group(EC_GROUP_new_by_curve_name(nid_of(row)),
                                                               EC_GROUP_free);
    REQUIRE(group);
    CHECK(row.order_bits == static_cast<std::size_t>(EC_GROUP_order_bits(group.get())));
    CHECK(field_size(row.curve) == (static_cast<std::size_t>(EC_GROUP_get_degree(group.get())) + 7) / 8);
    CHECK(point_size(row.curve) == test::SoftwareKey::on(row.curve).ec_public().point.size());
  }
  CHECK(order_size(Curve::kP521) == 66);
  CHECK(order_size(Curve::kEd25519) == 32);
  CHECK(point_size(Curve::kEd25519) == 32);
}

TEST_CASE("CKA_EC_PARAMS is understood as an object identifier") {
  for (const CurveRow& row : kCurves) CHECK(parse_ec_params(ec_params(row.curve)) == row.curve);
}

TEST_CASE("Ed25519 is understood by the names that applications use") {
  for (const std::string_view name : {"edwards25519", "Ed25519", "curve25519"}) {
    CHECK(parse_ec_params(der::element(der::kPrintableString, as_bytes(name))) == Curve::kEd25519);
  }
  CHECK(parse_ec_params(test::hex("130c656477617264733235353139")) == Curve::kEd25519);
}

TEST_CASE("other curves and broken parameters are not understood") {
  CHECK_FALSE(parse_ec_params(test::hex("06052b81040021")));          // P-224
  CHECK_FALSE(parse_ec_params(test::hex("06032b656e")));              // X25519
  CHECK_FALSE(parse_ec_params(test::hex("06082a8648ce3d03010700")));  // something after it
  CHECK_FALSE(parse_ec_params(test::hex("06082a8648ce3d0301")));
  CHECK_FALSE(parse_ec_params(der::element(der::kPrintableString, as_bytes("edwards448"))));
  CHECK_FALSE(parse_ec_params(der::element(der::kPrintableString, {})));
  CHECK_FALSE(parse_ec_params(test::hex("0500")));  // implicitlyCA
  CHECK_FALSE(parse_ec_params({}));
}

}  // namespace
}  // namespace nethsm::crypto
