// SPDX-License-Identifier: Apache-2.0
#include "crypto/private_key.h"

#include <algorithm>
#include <utility>

#include "crypto/context.h"
#include "crypto/der.h"
#include "crypto/openssl_handles.h"

namespace nethsm::crypto {
namespace {

constexpr std::size_t kMaxNumberBytes = 2048;  // 16384 bits: twice what the device takes
constexpr std::size_t kEd25519SeedBytes = 32;

SecretBytes secret(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

SecretBytes secret_bytes(const BIGNUM* number) {
  SecretBytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  return bytes;
}

// Temporaries for one calculation, wiped at its end. Every step reports trouble in one flag, as the only
// trouble there is is want of memory.
class Calculation {
 public:
  Calculation() : context_(BN_CTX_secure_new_ex(library_context())) { ok_ = context_ != nullptr; }

  bool ok() const { return ok_; }
  BN_CTX* context() const { return context_.get(); }
  BigNumber number(ByteView bytes) { return keep(big_number(bytes)); }
  BigNumber number() { return keep(BigNumber(BN_new())); }
  void check(int result) { ok_ = ok_ && result == 1; }

 private:
  BigNumber keep(BigNumber made) {
    if (made) BN_set_flags(made.get(), BN_FLG_CONSTTIME);
    ok_ = ok_ && made != nullptr;
    return made;
  }

  BigNumberContext context_;
  bool ok_;
};

Unexpected<Error> no_memory() { return fail("not enough memory for a calculation with big numbers"); }

bool is_product(Calculation& calc, ByteView modulus, const RsaPrimes& primes) {
  const auto p = calc.number(primes.p);
  const auto q = calc.number(primes.q);
  const auto n = calc.number(modulus);
  const auto product = calc.number();
  if (!calc.ok()) return false;
  calc.check(BN_mul(product.get(), p.get(), q.get(), calc.context()));
  return calc.ok() && BN_cmp(product.get(), n.get()) == 0;
}

// e·d = 1 modulo p - 1.
bool are_inverse(Calculation& calc, const RsaComponents& key, ByteView prime) {
  const auto product = calc.number();
  const auto order = calc.number(prime);
  const auto e = calc.number(key.public_exponent);
  const auto d = calc.number(key.private_exponent);
  if (!calc.ok() || BN_sub_word(order.get(), 1) != 1 || BN_is_zero(order.get()) || BN_is_one(order.get()))
    return false;
  calc.check(BN_mod_mul(product.get(), e.get(), d.get(), order.get(), calc.context()));
  return calc.ok() && BN_is_one(product.get());
}

Result<RsaPrimes> check_primes(const RsaComponents& key) {
  RsaPrimes primes{secret(der::without_leading_zeros(key.prime_1)),
                   secret(der::without_leading_zeros(key.prime_2))};
  if (primes.p.empty() || primes.q.empty()) return fail("a prime of the RSA key is zero");
  Calculation calc;
  if (!calc.ok()) return no_memory();
  if (!key.modulus.empty() && !is_product(calc, key.modulus, primes)) {
    return fail("the modulus of the RSA key is not the product of its primes");
  }
  const bool has_both = !key.public_exponent.empty() && !key.private_exponent.empty();
  if (has_both && !(are_inverse(calc, key, primes.p) && are_inverse(calc, key, primes.q))) {
    return fail("the exponents of the RSA key do not belong to its primes");
  }
  return primes;
}

struct Factoring {
  BigNumber n, minus_one, odd_part, x, next;
  int halvings = 0;  // e·d - 1 = odd_part · 2^halvings
};

// One base: true if `next` holds a factor of n in the end.
bool try_base(Calculation& calc, Factoring& f, BN_ULONG base) {
  const auto g = calc.number();
  if (!calc.ok()) return false;
  calc.check(BN_set_word(g.get(), base));
  calc.check(BN_mod_exp(f.x.get(), g.get(), f.odd_part.get(), f.n.get(), calc.context()));
  for (int i = 0; calc.ok() && i < f.halvings; ++i) {
    if (BN_is_one(f.x.get()) || BN_cmp(f.x.get(), f.minus_one.get()) == 0) return false;
    calc.check(BN_mod_sqr(f.next.get(), f.x.get(), f.n.get(), calc.context()));
    if (calc.ok() && BN_is_one(f.next.get())) {
      calc.check(BN_sub_word(f.x.get(), 1));
      calc.check(BN_gcd(f.next.get(), f.x.get(), f.n.get(), calc.context()));
      return calc.ok();
    }
    BN_swap(f.x.get(), f.next.get());
  }
  return false;
}

Result<Factoring> start_factoring(Calculation& calc, ByteView modulus, ByteView public_exponent,
                                  ByteView private_exponent) {
  Factoring f{calc.number(modulus), calc.number(modulus), calc.number(), calc.number(), calc.number()};
  const auto e = calc.number(public_exponent);
  const auto d = calc.number(private_exponent);
  const auto product = calc.number();
  if (!calc.ok()) return no_memory();
  calc.check(BN_mul(product.get(), e.get(), d.get(), calc.context()));
  if (!calc.ok()) return no_memory();
  const bool is_plausible = BN_is_odd(f.n.get()) && BN_num_bits(f.n.get()) > 2 && BN_is_odd(product.get()) &&
                            !BN_is_one(product.get());
  if (!is_plausible) return fail("the exponents do not belong to the modulus of the RSA key");
  calc.check(BN_sub_word(f.minus_one.get(), 1));
  calc.check(BN_sub_word(product.get(), 1));
  while (calc.ok() && BN_is_bit_set(product.get(), f.halvings) == 0) ++f.halvings;
  calc.check(BN_rshift(f.odd_part.get(), product.get(), f.halvings));
  if (!calc.ok()) return no_memory();
  return f;
}

}  // namespace

Result<RsaPrimes> recover_primes(ByteView modulus, ByteView public_exponent, ByteView private_exponent) {
  const ErrorQueueGuard guard;
  const std::size_t longest = std::max({modulus.size(), public_exponent.size(), private_exponent.size()});
  if (longest > kMaxNumberBytes) return fail("the RSA key is too long");
  Calculation calc;
  if (!calc.ok()) return no_memory();
  auto f = TRY(start_factoring(calc, modulus, public_exponent, private_exponent));
  // Half of all bases work if the exponents are right; these are independent enough that all of them fail but
  // with wrong exponents.
  constexpr BN_ULONG kBases[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                                 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  for (const BN_ULONG base : kBases) {
    if (!try_base(calc, f, base)) {
      if (!calc.ok()) return no_memory();
      continue;
    }
    const auto q = calc.number();
    const auto remainder = calc.number();
    if (!calc.ok() || BN_div(q.get(), remainder.get(), f.n.get(), f.next.get(), calc.context()) != 1)
      return no_memory();
    if (BN_is_one(f.next.get()) || BN_is_one(q.get()) || !BN_is_zero(remainder.get())) break;
    RsaPrimes primes{secret_bytes(f.next.get()), secret_bytes(q.get())};
    if (BN_cmp(f.next.get(), q.get()) < 0) std::swap(primes.p, primes.q);
    return primes;
  }
  return fail("the exponents do not belong to the modulus of the RSA key");
}

Result<RsaPrimes> rsa_primes(const RsaComponents& key) {
  const ErrorQueueGuard guard;
  for (const ByteView part :
       {key.modulus, key.public_exponent, key.private_exponent, key.prime_1, key.prime_2}) {
    if (part.size() > kMaxNumberBytes) return fail("the RSA key is too long");
  }
  if (!key.prime_1.empty() && !key.prime_2.empty()) return check_primes(key);
  return recover_primes(key.modulus, key.public_exponent, key.private_exponent);
}

Result<SecretBytes> ec_scalar(Curve curve, ByteView value) {
  const std::size_t width = order_size(curve);
  value = der::without_leading_zeros(value);
  if (value.empty()) return fail("the private key is zero");
  if (value.size() > width) return fail("the private key is longer than the order of its curve");
  SecretBytes scalar(width - value.size(), 0);
  scalar.insert(scalar.end(), value.begin(), value.end());
  return scalar;
}

Result<SecretBytes> ed25519_seed(ByteView value) {
  const auto wrapped = der::octet_string_content(value);
  const ByteView seed = wrapped && wrapped->size() == kEd25519SeedBytes ? *wrapped : value;
  if (seed.size() != kEd25519SeedBytes) return fail("an Ed25519 private key has 32 bytes");
  return secret(seed);
}

}  // namespace nethsm::crypto
