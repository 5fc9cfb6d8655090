// SPDX-License-Identifier: Apache-2.0
#include "crypto/private_key.h"

#include <openssl/core_names.h>

#include <set>

#include "catch.hpp"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;
using test::SoftwareKey;

struct Rsa {
  Bytes n, e, d, p, q;
  explicit Rsa(const SoftwareKey& key)
      : n(key.component(OSSL_PKEY_PARAM_RSA_N)),
        e(key.component(OSSL_PKEY_PARAM_RSA_E)),
        d(key.component(OSSL_PKEY_PARAM_RSA_D)),
        p(key.component(OSSL_PKEY_PARAM_RSA_FACTOR1)),
        q(key.component(OSSL_PKEY_PARAM_RSA_FACTOR2)) {}
  RsaComponents all() const { return {n, e, d, p, q}; }
  bool are_primes(const RsaPrimes& primes) const {
    return std::set<Bytes>{to_bytes(ByteView(primes.p)), to_bytes(ByteView(primes.q))} ==
           std::set<Bytes>{p, q};
  }
};

TEST_CASE("primes of an RSA key are taken as given, without leading zeros") {
  const Rsa key(SoftwareKey::rsa(2048));
  Bytes padded{0, 0};
  padded.insert(padded.end(), key.p.begin(), key.p.end());
  const auto primes = rsa_primes({key.n, key.e, key.d, padded, key.q});
  REQUIRE(primes);
  CHECK(to_bytes(ByteView(primes->p)) == key.p);
  CHECK(to_bytes(ByteView(primes->q)) == key.q);
  CHECK(key.are_primes(rsa_primes({{}, key.e, {}, key.p, key.q}).value()));
}

TEST_CASE("primes of an RSA key are recovered from its exponents") {
  for (const unsigned bits : {1024U, 1025U, 2048U, 3072U}) {
    CAPTURE(bits);
    const Rsa key(SoftwareKey::rsa(bits));
    const auto primes = rsa_primes({key.n, key.e, key.d, {}, {}});
    REQUIRE(primes);
    CHECK(key.are_primes(*primes));
  }
}

TEST_CASE("primes are recovered from a small key worked out by hand") {
  // 61 · 53, with d modulo φ(n) (2753) and modulo λ(n) (413).
  for (const char* const d : {"0ac1", "019d"}) {
    const auto primes = recover_primes(hex("0ca1"), hex("11"), hex(d));
    REQUIRE(primes);
    CHECK(to_hex(primes->p) == "3d");
    CHECK(to_hex(primes->q) == "35");
  }
}

TEST_CASE("components of an RSA key that do not belong together are refused") {
  const Rsa key(SoftwareKey::rsa(1024));
  const Rsa other(SoftwareKey::rsa(2048));
  const auto changed = [](Bytes number) {
    number.back() ^= 2;
    return number;
  };
  CHECK_FALSE(rsa_primes({changed(key.n), key.e, key.d, key.p, key.q}));
  CHECK_FALSE(rsa_primes({key.n, key.e, changed(key.d), key.p, key.q}));
  CHECK_FALSE(rsa_primes({key.n, key.e, key.d, other.p, key.q}));
  CHECK_FALSE(rsa_primes({key.n, key.e, changed(key.d), {}, {}}));
  CHECK_FALSE(rsa_primes({changed(key.n), key.e, key.d, {}, {}}));
  CHECK_FALSE(rsa_primes({key.n, key.e, {}, {}, {}}));
  CHECK_FALSE(rsa_primes({key.n, {}, key.d, {}, {}}));
  CHECK_FALSE(rsa_primes({{}, {}, {}, {}, {}}));
  CHECK_FALSE(rsa_primes({key.n, key.e, key.d, Bytes(3), Bytes(3)}));
  CHECK_FALSE(rsa_primes({hex("01"), hex("01"), hex("01"), hex("01"), hex("01")}));
  CHECK_FALSE(recover_primes(hex("01"), hex("03"), hex("03")));
  CHECK_FALSE(recover_primes(hex("0ca0"), hex("11"), hex("0ac1")));
  CHECK_FALSE(recover_primes(hex("0ca1"), hex("01"), hex("01")));
  CHECK_FALSE(recover_primes(Bytes(5000, 0xff), hex("010001"), Bytes(5000, 0xff)));
}

TEST_CASE("a prime modulus is not taken apart") {
  // 65537, and e·d = 1 modulo 65536.
  CHECK_FALSE(recover_primes(hex("010001"), hex("03"), hex("aaab")));
}

TEST_CASE("the scalar of a curve gets the width of the order") {
  CHECK(ec_scalar(Curve::kP521, hex("01")).value().size() == 66);
  CHECK(to_hex(ec_scalar(Curve::kP256, hex("0102")).value()) == std::string(60, '0') + "0102");
  CHECK(ec_scalar(Curve::kP256, Bytes(32, 0x11)).value() == SecretBytes(32, 0x11));
  Bytes signed_form(33, 0xee);
  signed_form[0] = 0;
  CHECK(ec_scalar(Curve::kP256, signed_form).value() == SecretBytes(32, 0xee));
}

TEST_CASE("a scalar of zero, or one longer than the order, is refused") {
  CHECK_FALSE(ec_scalar(Curve::kP256, {}));
  CHECK_FALSE(ec_scalar(Curve::kP256, Bytes(32, 0)));
  CHECK_FALSE(ec_scalar(Curve::kP256, Bytes(33, 0x11)));
  CHECK(ec_scalar(Curve::kP384, Bytes(33, 0x11)));
}

TEST_CASE("an Ed25519 seed comes bare or wrapped") {
  const Bytes seed(32, 0x04);
  Bytes wrapped = hex("0420");
  wrapped.insert(wrapped.end(), seed.begin(), seed.end());
  CHECK(ed25519_seed(seed).value() == SecretBytes(seed.begin(), seed.end()));
  CHECK(ed25519_seed(wrapped).value() == SecretBytes(seed.begin(), seed.end()));
}

TEST_CASE("a bare Ed25519 seed that looks wrapped is bare") {
  Bytes seed(32, 0xaa);
  seed[0] = 0x04;
  seed[1] = 0x1e;  // an octet string of 30 bytes
  CHECK(ed25519_seed(seed).value() == SecretBytes(seed.begin(), seed.end()));
}

TEST_CASE("an Ed25519 seed of another length is refused") {
  CHECK_FALSE(ed25519_seed(Bytes(31)));
  CHECK_FALSE(ed25519_seed(Bytes(33)));
  CHECK_FALSE(ed25519_seed(Bytes(64)));  // seed and public key, as some libraries store it
  CHECK_FALSE(ed25519_seed({}));
}

}  // namespace
}  // namespace nethsm::crypto
