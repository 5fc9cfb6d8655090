// SPDX-License-Identifier: Apache-2.0
#include "session/raw_signature.h"

#include <algorithm>
#include "buffer.h"

#include "catch.hpp"
#include "crypto/digest_info.h"
#include "crypto/public_operations.h"
#include "software_rsa.h"

using namespace nethsm;
using crypto::DigestAlgorithm;
using crypto::Verdict;
using session::sign_raw;
using token::Scheme;

namespace {

token::SignaturePlan plan(Scheme scheme) {
  token::SignaturePlan plan;
  plan.scheme = scheme;
  plan.signature_length = 128;
  return plan;
}

}  // namespace

TEST_CASE("Signatures over the raw operation are those of the padding") {
  const SoftwareRsa rsa;
  const auto device = [&](ByteView block) { return rsa.raw(block); };
  SECTION("PKCS #1") {
    const Bytes info = crypto::digest_info(DigestAlgorithm::kSha256, Bytes(32, 7));
    const auto signature = sign_raw(plan(Scheme::kPkcs1), rsa.public_key(), info, device);
    REQUIRE(signature);
    CHECK(*crypto::verify_rsa_pkcs1(rsa.public_key(), info, *signature) == Verdict::kGenuine);
  }
  SECTION("PSS, with a fresh salt each time") {
    auto pss = plan(Scheme::kPss);
    pss.pss = {DigestAlgorithm::kSha256, DigestAlgorithm::kSha1, GENERATE(std::size_t{0}, std::size_t{20})};
    const Bytes digest(32, 9);
    const auto signature = sign_raw(pss, rsa.public_key(), digest, device);
    const auto another = sign_raw(pss, rsa.public_key(), digest, device);
    REQUIRE(signature);
    REQUIRE(another);
    CHECK(*crypto::verify_rsa_pss(rsa.public_key(), pss.pss, digest, *signature) == Verdict::kGenuine);
    CHECK((*signature == *another) == (pss.pss.salt_length == 0));
  }
  SECTION("none: a shorter number gets zeros in front") {
    const Bytes number(100, 3);
    const auto signature = sign_raw(plan(Scheme::kRaw), rsa.public_key(), number, device);
    REQUIRE(signature);
    Bytes block(128, 3);
    std::fill_n(block.begin(), 28, std::uint8_t{0});
    CHECK(*crypto::encrypt_rsa_raw(rsa.public_key(), *signature) == block);
  }
}

TEST_CASE("A faulty answer of the device is never handed out") {
  const SoftwareRsa rsa;
  int at = GENERATE(0, 64, 127);
  const auto faulty = [&](ByteView block) -> token::Result<SecretBytes> {
    auto answer = rsa.raw(block);
    (*answer)[static_cast<std::size_t>(at)] ^= 1;
    return answer;
  };
  CHECK(rv(sign_raw(plan(Scheme::kPkcs1), rsa.public_key(), Bytes(35, 1), faulty)) == CKR_DEVICE_ERROR);
}

TEST_CASE("A number that is not below the modulus is not sent") {
  const SoftwareRsa rsa;
  bool asked = false;
  const auto device = [&](ByteView block) {
    asked = true;
    return rsa.raw(block);
  };
  CHECK(rv(sign_raw(plan(Scheme::kRaw), rsa.public_key(), rsa.public_key().modulus, device)) ==
        CKR_DATA_INVALID);
  CHECK_FALSE(asked);
}
