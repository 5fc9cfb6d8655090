// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "catch.hpp"
#include "crypto/curves.h"
#include "crypto/digest_info.h"
#include "crypto/ecdsa.h"
#include "crypto/pem.h"
#include "crypto/private_key.h"
#include "crypto/public_operations.h"
#include "crypto/x509.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::SoftwareKey;

// Changes, cuts out, doubles or cuts off bytes; the same sequence in every run.
class Mutator {
 public:
  Bytes mutate(Bytes input) {
    for (std::size_t count = 1 + below(3); count > 0 && !input.empty(); --count) mutate_once(input);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  void mutate_once(Bytes& input) {
    const auto at = input.begin() + static_cast<std::ptrdiff_t>(below(input.size()));
    constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x1f};
    switch (below(5)) {
      case 0:
        *at = static_cast<std::uint8_t>(below(256));
        break;
      case 1:
        *at = kTelling[below(std::size(kTelling))];
        break;
      case 2:
        input.erase(at);
        break;
      case 3:
        input.insert(at, static_cast<std::uint8_t>(below(256)));
        break;
      default:
        input.erase(at, input.end());
    }
  }

  std::mt19937 random_{20261121};  // NOLINT: repeatable on purpose
};

template <class Parse>
int count_accepted(const Bytes& seed, int rounds, Parse parse) {
  REQUIRE(parse(seed));
  Mutator mutator;
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) accepted += parse(mutator.mutate(seed)) ? 1 : 0;
  return accepted;
}

TEST_CASE("mutated certificates are read or refused, never worse") {
  for (const Bytes& seed :
       {SoftwareKey::rsa(1024).certificate({}), SoftwareKey::on(Curve::kEd25519).certificate({})}) {
    const int accepted = count_accepted(seed, 20000, [](ByteView input) {
      const auto certificate = Certificate::parse(input);
      if (!certificate) return false;
      // What is accepted consists of parts of the input.
      for (const Bytes& part : {certificate->subject(), certificate->issuer(), certificate->serial_number(),
                                certificate->public_key_info()}) {
        CHECK(as_text(input).find(as_text(part)) != std::string_view::npos);
      }
      if (const auto key = certificate->public_key()) (void)public_key_info(*key);
      return true;
    });
    CHECK(accepted < 20000);
  }
}

TEST_CASE("mutated PEM is read or refused, never worse") {
  const Bytes seed = to_bytes(encode_pem("CERTIFICATE", SoftwareKey::on(Curve::kP256).certificate({})));
  CHECK(count_accepted(seed, 20000,
                       [](ByteView input) { return Certificate::parse_pem(input).has_value(); }) < 20000);
}

TEST_CASE("a mutated public key is read only if it is written the same way") {
  for (const Bytes& seed :
       {SoftwareKey::rsa(1024).public_key_info(), SoftwareKey::on(Curve::kP521).public_key_info(),
        SoftwareKey::on(Curve::kEd25519).public_key_info()}) {
    const int accepted = count_accepted(seed, 20000, [](ByteView input) {
      const auto key = parse_public_key_info(input);
      if (!key) return false;
      const bool is_ec = std::holds_alternative<EcPublicKey>(*key);
      if (is_ec) CHECK(public_key_info(*key) == to_bytes(input));
      return true;
    });
    CHECK(accepted < 20000);
  }
}

TEST_CASE("a mutated ECDSA signature is read only if it is written the same way") {
  const Bytes seed = SoftwareKey::on(Curve::kP521).sign_ecdsa(Bytes(64, 9));
  count_accepted(seed, 50000, [](ByteView input) {
    const auto fixed = ecdsa_fixed_from_der(input, 66);
    if (!fixed) return false;
    CHECK(ecdsa_der_from_fixed(*fixed).value() == to_bytes(input));
    return true;
  });
}

TEST_CASE("a mutated DigestInfo is read only with a known algorithm and its length") {
  const Bytes seed = digest_info(DigestAlgorithm::kSha512, Bytes(64, 3));
  count_accepted(seed, 50000, [](ByteView input) {
    const auto parsed = parse_digest_info(input);
    if (!parsed) return false;
    CHECK(parsed->digest.size() == digest_size(parsed->algorithm));
    return true;
  });
}

TEST_CASE("mutated curve parameters and private keys are read or refused, never worse") {
  Mutator mutator;
  const Bytes name = test::hex("130c656477617264733235353139");
  const Bytes wrapped = [] {
    Bytes seed(34, 0x20);
    seed[0] = 0x04;
    return seed;
  }();
  int curves = 0, seeds = 0;
  for (int i = 0; i < 20000; ++i) {
    curves += parse_ec_params(mutator.mutate(name)).has_value() ? 1 : 0;
    curves += parse_ec_params(mutator.mutate(ec_params(Curve::kBrainpoolP512r1))).has_value() ? 1 : 0;
    if (const auto seed = ed25519_seed(mutator.mutate(wrapped))) {
      CHECK(seed->size() == 32);
      ++seeds;
    }
  }
  CHECK(curves < 40000);
  CHECK(seeds > 0);
}

TEST_CASE("mutated padding is taken off or refused, never worse") {
  const SoftwareKey& key = SoftwareKey::rsa(1024);
  const Bytes pkcs1 = key.raw_decrypt(encrypt_rsa_pkcs1(key.rsa_public(), Bytes(20, 1)).value());
  const OaepParameters parameters{DigestAlgorithm::kSha1, DigestAlgorithm::kSha1};
  const Bytes oaep = key.raw_decrypt(encrypt_rsa_oaep(key.rsa_public(), parameters, Bytes(20, 1)).value());
  count_accepted(pkcs1, 20000, [](ByteView block) {
    const auto message = pkcs1_unpad(block);
    if (message) CHECK(message->size() + 11 <= block.size());
    return message.has_value();
  });
  count_accepted(oaep, 5000, [&](ByteView block) {
    const bool accepted = oaep_unpad(parameters, block).has_value();
    CHECK(accepted == (to_bytes(block) == oaep));
    return accepted;
  });
}

TEST_CASE("mutated signatures are forgeries") {
  Mutator mutator;
  const SoftwareKey& key = SoftwareKey::on(Curve::kP256);
  const Bytes value(32, 7);
  const Bytes signature = ecdsa_fixed_from_der(key.sign_ecdsa(value), 32).value();
  const EcPublicKey ec = key.ec_public();
  for (int i = 0; i < 500; ++i) {
    const Bytes mutated = mutator.mutate(signature);
    const auto verdict = verify_ecdsa(ec, value, mutated);
    REQUIRE(verdict);
    CHECK((*verdict == Verdict::kForged || mutated == signature));
  }
}

}  // namespace
}  // namespace nethsm::crypto
