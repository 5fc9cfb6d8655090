// SPDX-License-Identifier: Apache-2.0
#include "session/verify_operation.h"

#include "buffer.h"
#include "catch.hpp"
#include "crypto/digest_info.h"
#include "session/raw_signature.h"
#include "software_rsa.h"

using namespace nethsm;
using session::RecoverOperation;
using session::Verifying;
using session::VerifyOperation;
using token::Scheme;

namespace {

constexpr std::string_view kText = "signed text";

struct Signed {
  SoftwareRsa rsa;
  token::SignaturePlan plan;
  Bytes signature;

  Signed() {
    plan.scheme = Scheme::kPkcs1;
    plan.digest = crypto::DigestAlgorithm::kSha256;
    plan.signature_length = 128;
    const Bytes info = crypto::digest_info(*plan.digest, *crypto::digest(*plan.digest, as_bytes(kText)));
    signature =
        *session::sign_raw(plan, rsa.public_key(), info, [&](ByteView block) { return rsa.raw(block); });
  }

  VerifyOperation operation(std::optional<Bytes> given = std::nullopt) const {
    return VerifyOperation(*Verifying::start(plan, rsa.public_key()), std::move(given));
  }
};

}  // namespace

TEST_CASE("A genuine signature passes, in one piece and in parts") {
  const Signed sample;
  auto operation = sample.operation();
  SECTION("in one piece") {
    CHECK(rv(operation.one_shot(text(kText), ByteView(sample.signature))) == CKR_OK);
  }
  SECTION("in parts") {
    REQUIRE(operation.update(text("signed ")));
    REQUIRE(operation.update(text("text")));
    CHECK(rv(operation.finish(ByteView(sample.signature))) == CKR_OK);
  }
}

TEST_CASE("A signature can be given first") {
  const Signed sample;
  auto operation = sample.operation(sample.signature);
  CHECK(operation.has_signature());
  SECTION("in one piece") { CHECK(rv(operation.one_shot(text(kText))) == CKR_OK); }
  SECTION("in parts") {
    REQUIRE(operation.update(text(kText)));
    CHECK(rv(operation.finish()) == CKR_OK);
  }
  SECTION("of something else") { CHECK(rv(operation.one_shot(text("other text"))) == CKR_SIGNATURE_INVALID); }
}

TEST_CASE("A forged signature and one of a wrong length are told apart") {
  const Signed sample;
  auto operation = sample.operation();
  Bytes signature = sample.signature;
  CK_RV expected = CKR_SIGNATURE_LEN_RANGE;
  SECTION("short") { signature.pop_back(); }
  SECTION("long") { signature.push_back(0); }
  SECTION("none") { signature.clear(); }
  SECTION("changed") {
    signature[100] ^= 1;
    expected = CKR_SIGNATURE_INVALID;
  }
  CHECK(rv(operation.one_shot(text(kText), ByteView(signature))) == expected);
}

TEST_CASE("Missing arguments are passed on by a verification") {
  const Signed sample;
  auto operation = sample.operation();
  CHECK(rv(operation.one_shot(missing(), ByteView(sample.signature))) == CKR_ARGUMENTS_BAD);
  CHECK(rv(operation.one_shot(text(kText), missing())) == CKR_ARGUMENTS_BAD);
  CHECK(rv(operation.update(missing())) == CKR_ARGUMENTS_BAD);
  CHECK(rv(operation.finish(missing())) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("What was signed is read from the signature") {
  const Signed sample;
  const RecoverOperation operation(sample.plan, sample.rsa.public_key());
  const Bytes info =
      crypto::digest_info(*sample.plan.digest, *crypto::digest(*sample.plan.digest, as_bytes(kText)));
  Buffer buffer(info.size());
  REQUIRE(rv(operation.one_shot(ByteView(sample.signature), buffer.size_query())) == CKR_OK);
  CHECK(buffer.length == info.size());
  Buffer tight(10);
  CHECK(rv(operation.one_shot(ByteView(sample.signature), tight.output())) == CKR_BUFFER_TOO_SMALL);
  REQUIRE(rv(operation.one_shot(ByteView(sample.signature), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == info);

  Bytes forged = sample.signature;
  forged[5] ^= 1;
  CHECK(rv(operation.one_shot(ByteView(forged), buffer.output())) == CKR_SIGNATURE_INVALID);
  CHECK(rv(operation.one_shot(ByteView(forged).first(127), buffer.output())) == CKR_SIGNATURE_LEN_RANGE);
  CHECK(rv(operation.one_shot(ByteView(Bytes(128, 0xff)), buffer.output())) == CKR_SIGNATURE_INVALID);
}
