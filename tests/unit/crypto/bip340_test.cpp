// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "crypto/public_operations.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;

// An uncompressed point with this x; BIP-340 looks at nothing else.
EcPublicKey key_with(std::string_view x) {
  Bytes point = hex(x);
  point.insert(point.begin(), 4);
  point.resize(65);
  return {Curve::kSecp256k1, point};
}

struct Sample {
  const char *key, *message, *signature;
};

// Of the published test vectors: 0 to 3, then such as do not verify.
constexpr Sample kGenuine[] = {
    {"F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA8215"
     "25F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0"},
    {"DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659",
     "243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89",
     "6896BD60EEAE296DB48A229FF71DFE071BDE413E6D43F917DC8DCF8C78DE3341"
     "8906D11AC976ABCCB20B091292BFF4EA897EFCB639EA871CFA95F6DE339E4B0A"},
    {"DD308AFEC5777E13121FA72B9CC1B7CC0139715309B086C960E18FD969774EB8",
     "7E2D58D8B3BCDF1ABADEC7829054F90DDA9805AAB56C77333024B9D0A508B75C",
     "5831AAEED7B44BB74E5EAB94BA9D4294C49BCF2A60728D8B4C200F50DD313C1B"
     "AB745879A5AD954A72C45A91C3A51D3C7ADEA98D82F8481E0E1E03674A6F3FB7"},
    {"25D1DFF95105F5253C4022F628A996AD3A0D95FBF21D468A1B33F8C160D8F517",
     "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
     "7EB0509757E246F19449885651611CB965ECC1A187DD51B64FDA1EDC9637D5EC"
     "97582B9CB13DB3933705B32BA982AF5AF25FD78881EBB32771FC5922EFC66EA3"},
};

TEST_CASE("the published BIP-340 signatures verify, and nothing that is not quite them") {
  for (const Sample& sample : kGenuine) {
    const EcPublicKey key = key_with(sample.key);
    const Bytes message = hex(sample.message), signature = hex(sample.signature);
    CHECK(*verify_bip340(key, message, signature) == Verdict::kGenuine);
    for (const std::size_t at : {std::size_t{0}, std::size_t{31}, std::size_t{32}, std::size_t{63}}) {
      Bytes changed = signature;
      changed[at] ^= 1;
      CHECK(*verify_bip340(key, message, changed) == Verdict::kForged);
    }
    Bytes other = message;
    other.push_back(0);
    CHECK(*verify_bip340(key, other, signature) == Verdict::kForged);
    CHECK(*verify_bip340(key, message, ByteView(signature).first(63)) == Verdict::kForged);
  }
}

TEST_CASE("numbers out of range are no BIP-340 signature") {
  const EcPublicKey key = key_with(kGenuine[0].key);
  const Bytes message = hex(kGenuine[0].message);
  // r is the field size, s is the order.
  const Bytes r = hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
  const Bytes s = hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
  Bytes signature = hex(kGenuine[0].signature);
  SECTION("r") { std::copy(r.begin(), r.end(), signature.begin()); }
  SECTION("s") { std::copy(s.begin(), s.end(), signature.begin() + 32); }
  CHECK(*verify_bip340(key, message, signature) == Verdict::kForged);
}

TEST_CASE("BIP-340 needs a point of secp256k1") {
  const Bytes signature = hex(kGenuine[0].signature);
  // Not the x of any point: the published vector 5.
  CHECK_FALSE(verify_bip340(key_with("EEFDEA4CDB677750A420FEE807EACF21EB9898AE79B9768766E4FAA04A2D4A34"), {},
                            signature));
  CHECK_FALSE(verify_bip340(SoftwareKey::on(Curve::kP256).ec_public(), {}, signature));
}

}  // namespace
}  // namespace nethsm::crypto
