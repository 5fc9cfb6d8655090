// SPDX-License-Identifier: Apache-2.0
#include "session/sign_operation.h"

#include <string>
#include <vector>

#include "buffer.h"
#include "catch.hpp"
#include "crypto/digest_info.h"

using namespace nethsm;
using crypto::DigestAlgorithm;
using session::Progress;
using session::Signing;
using token::Scheme;

namespace {

// A device that answers what it is told to and remembers what it was asked to sign.
struct Device {
  std::vector<Bytes> messages;
  Bytes answer = Bytes(4, 's');

  Signing start(const token::SignPlan& plan) {
    auto operation = Signing::start(plan, [this](ByteView message) -> token::Result<Bytes> {
      messages.push_back(to_bytes(message));
      return answer;
    });
    REQUIRE(operation);
    return std::move(*operation);
  }
};

token::SignPlan plan(Scheme scheme, std::optional<DigestAlgorithm> digest = {}) {
  token::SignPlan plan;
  plan.scheme = scheme;
  plan.digest = digest;
  plan.signature_length = 4;
  return plan;
}

Bytes sha256(std::string_view text) { return *crypto::digest(DigestAlgorithm::kSha256, as_bytes(text)); }

}  // namespace

TEST_CASE("A message goes to the device as it is, in one piece or in parts") {
  Device device;
  auto operation = device.start(plan(Scheme::kEdDsa));
  Buffer buffer(4);
  SECTION("in one piece") { REQUIRE(operation.one_shot(text("hello world"), buffer.output())); }
  SECTION("in parts") {
    REQUIRE(operation.update(text("hello ")));
    REQUIRE(operation.update(text("")));
    REQUIRE(operation.update(text("world")));
    REQUIRE(operation.finish(buffer.output()));
  }
  CHECK(device.messages == std::vector<Bytes>{to_bytes("hello world")});
  CHECK(buffer.written() == to_bytes("ssss"));
}

TEST_CASE("Hashing mechanisms send the digest, PKCS #1 v1.5 inside a DigestInfo") {
  Device device;
  Buffer buffer(4);
  const bool wrapped = GENERATE(false, true);
  token::SignPlan with_digest = plan(wrapped ? Scheme::kPkcs1 : Scheme::kPss, DigestAlgorithm::kSha256);
  with_digest.exact_input = 32;
  auto operation = device.start(with_digest);
  const Bytes digest = sha256("hello world");
  const Bytes expected = wrapped ? crypto::digest_info(DigestAlgorithm::kSha256, digest) : digest;
  REQUIRE(operation.update(text("hello")));
  REQUIRE(operation.update(text(" world")));
  REQUIRE(operation.finish(buffer.output()));
  CHECK(device.messages == std::vector<Bytes>{expected});
}

TEST_CASE("Size queries and short buffers neither sign nor take the data in twice") {
  Device device;
  auto operation = device.start(plan(Scheme::kEdDsa));
  Buffer roomy(4);
  Buffer tight(3);
  SECTION("in one piece") {
    REQUIRE(rv(operation.one_shot(text("data"), roomy.size_query())) == CKR_OK);
    CHECK(rv(operation.one_shot(text("data"), tight.output())) == CKR_BUFFER_TOO_SMALL);
    CHECK(device.messages.empty());
    REQUIRE(operation.one_shot(text("data"), roomy.output()));
  }
  SECTION("in parts") {
    REQUIRE(operation.update(text("data")));
    REQUIRE(rv(operation.finish(roomy.size_query())) == CKR_OK);
    CHECK(rv(operation.finish(tight.output())) == CKR_BUFFER_TOO_SMALL);
    CHECK(device.messages.empty());
    REQUIRE(operation.finish(roomy.output()));
  }
  CHECK(tight.length == 4);
  CHECK(tight.untouched());
  CHECK(device.messages == std::vector<Bytes>{to_bytes("data")});
}

TEST_CASE("Data that is too long is refused before it is kept") {
  Device device;
  Buffer buffer(4);
  token::SignPlan limited = plan(Scheme::kEdDsa);
  limited.max_input = 5;
  auto operation = device.start(limited);
  REQUIRE(operation.update(text("12345")));
  CHECK(rv(operation.update(text("6"))) == CKR_DATA_LEN_RANGE);
  CHECK(device.messages.empty());
}

TEST_CASE("A digest for PSS has exactly the length of the hash") {
  Device device;
  Buffer buffer(4);
  token::SignPlan exact = plan(Scheme::kPss);
  exact.exact_input = exact.max_input = 20;
  auto operation = device.start(exact);
  SECTION("shorter") { CHECK(rv(operation.one_shot(text("short"), buffer.output())) == CKR_DATA_LEN_RANGE); }
  SECTION("longer") {
    CHECK(rv(operation.one_shot(text(std::string(21, 'x')), buffer.output())) == CKR_DATA_LEN_RANGE);
  }
  CHECK(device.messages.empty());
}

TEST_CASE("A digest for ECDSA is fitted to the curve") {
  Device device;
  device.answer = *from_hex("3006020101020102");
  token::SignPlan ecdsa = plan(Scheme::kEcdsa);
  ecdsa.exact_input = 8;
  ecdsa.signature_length = 8;
  auto operation = device.start(ecdsa);
  Buffer buffer(8);
  SECTION("of a longer one the leftmost bytes count") {
    REQUIRE(operation.update(text("0123456")));
    REQUIRE(operation.update(text("789")));
    REQUIRE(operation.finish(buffer.output()));
    CHECK(device.messages == std::vector<Bytes>{to_bytes("01234567")});
  }
  SECTION("a shorter one is the same number with zeros in front") {
    REQUIRE(operation.one_shot(text("abc"), buffer.output()));
    CHECK(device.messages == std::vector<Bytes>{*from_hex("0000000000616263")});
  }
  // The device answers in DER; PKCS#11 wants both halves at full width.
  CHECK(buffer.written() == *from_hex("0000000100000002"));
}

TEST_CASE("An ECDSA input that the device cannot take in full is refused where the plan says so") {
  Device device;
  token::SignPlan p521 = plan(Scheme::kEcdsa);
  p521.exact_input = 64;
  p521.max_input = 64;
  auto operation = device.start(p521);
  Buffer buffer(4);
  CHECK(rv(operation.one_shot(text(std::string(65, 'x')), buffer.output())) == CKR_DATA_LEN_RANGE);
}

TEST_CASE("A signature that is not what the plan promised is a device error and is not handed out") {
  Device device;
  Buffer buffer(8);
  SECTION("of another length") {
    device.answer = Bytes(5, 's');
    auto operation = device.start(plan(Scheme::kEdDsa));
    CHECK(rv(operation.one_shot(text("data"), buffer.output())) == CKR_DEVICE_ERROR);
  }
  SECTION("not DER for ECDSA") {
    auto operation = device.start(plan(Scheme::kEcdsa));
    CHECK(rv(operation.one_shot(text(""), buffer.output())) == CKR_DEVICE_ERROR);
  }
  CHECK(buffer.written() != device.answer);
}

TEST_CASE("A missing argument is passed on") {
  Device device;
  auto operation = device.start(plan(Scheme::kEdDsa));
  Buffer buffer(4);
  CHECK(rv(operation.update(missing())) == CKR_ARGUMENTS_BAD);
  CHECK(rv(operation.one_shot(missing(), buffer.output())) == CKR_ARGUMENTS_BAD);
}
