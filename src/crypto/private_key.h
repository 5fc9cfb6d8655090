// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/curves.h"
#include "crypto/error.h"

// Private keys that applications hand in, brought into the one form that the device takes. Errors name the
// component that is wrong, never its value.
namespace nethsm::crypto {

// Big-endian numbers as they came, with or without leading zeros; empty: not given.
struct RsaComponents {
  ByteView modulus, public_exponent, private_exponent, prime_1, prime_2;
};

struct RsaPrimes {
  SecretBytes p, q;  // big-endian, no leading zeros
};

// From the primes, if both are given, else recovered from modulus and exponents. All that is given must
// agree: the primes with the modulus, the exponents with the primes.
Result<RsaPrimes> rsa_primes(const RsaComponents& key);

// NIST SP 800-56B rev. 2, appendix C.1.
Result<RsaPrimes> recover_primes(ByteView modulus, ByteView public_exponent, ByteView private_exponent);

// The scalar of a Weierstrass curve at the width of the group order. Refuses zero, and what is longer than
// the order.
Result<SecretBytes> ec_scalar(Curve curve, ByteView value);

// The 32 bytes of RFC 8032, also if wrapped in an OCTET STRING as in PKCS #8 (RFC 8410 §7).
Result<SecretBytes> ed25519_seed(ByteView value);

}  // namespace nethsm::crypto
