// SPDX-License-Identifier: Apache-2.0
#include "session/rsa_decryption.h"

#include <string>

#include "buffer.h"
#include "catch.hpp"

using namespace nethsm;
using session::Progress;
using session::RsaDecryption;

namespace {

// Ciphertexts have 8 bytes, plaintexts at most 5; the device answers the first three bytes.
struct Device {
  int requests = 0;
  RsaDecryption decryption() {
    return {8, 5, [this](ByteView ciphertext) -> token::Result<SecretBytes> {
              ++requests;
              return SecretBytes(ciphertext.begin(), ciphertext.begin() + 3);
            }};
  }
};

}  // namespace

TEST_CASE("The size query answers the most there can be, without a request") {
  Device device;
  auto decryption = device.decryption();
  Buffer buffer(8);
  const auto progress = decryption.one_shot(text("abcdefgh"), buffer.size_query());
  REQUIRE(progress);
  CHECK(*progress == Progress::kSizeQuery);
  CHECK(buffer.length == 5);
  CHECK(device.requests == 0);
}

TEST_CASE("A buffer that holds the plaintext will do, even if the plaintext could have been longer") {
  Device device;
  auto decryption = device.decryption();
  Buffer buffer(3);
  REQUIRE(rv(decryption.one_shot(text("abcdefgh"), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == to_bytes("abc"));
}

TEST_CASE("A plaintext that did not fit is kept: the device decrypts a ciphertext once") {
  Device device;
  auto decryption = device.decryption();
  Buffer tight(2);
  Buffer roomy(8);
  SECTION("in one piece") {
    CHECK(rv(decryption.one_shot(text("abcdefgh"), tight.output())) == CKR_BUFFER_TOO_SMALL);
    REQUIRE(rv(decryption.one_shot(text("abcdefgh"), roomy.size_query())) == CKR_OK);
    CHECK(roomy.length == 3);
    REQUIRE(rv(decryption.one_shot(text("abcdefgh"), roomy.output())) == CKR_OK);
  }
  SECTION("in parts") {
    REQUIRE(decryption.update(text("abcd"), roomy.output()));
    CHECK(roomy.length == 0);
    REQUIRE(decryption.update(text("efgh"), roomy.output()));
    CHECK(rv(decryption.finish(tight.output())) == CKR_BUFFER_TOO_SMALL);
    REQUIRE(rv(decryption.finish(roomy.output())) == CKR_OK);
  }
  CHECK(tight.length == 3);
  CHECK(tight.untouched());
  CHECK(roomy.written() == to_bytes("abc"));
  CHECK(device.requests == 1);
}

TEST_CASE("Another ciphertext after a short buffer is decrypted anew") {
  Device device;
  auto decryption = device.decryption();
  Buffer tight(2);
  Buffer roomy(8);
  CHECK(rv(decryption.one_shot(text("abcdefgh"), tight.output())) == CKR_BUFFER_TOO_SMALL);
  REQUIRE(rv(decryption.one_shot(text("ABCDEFGH"), roomy.output())) == CKR_OK);
  CHECK(roomy.written() == to_bytes("ABC"));
}

TEST_CASE("A ciphertext of another length than the modulus is refused without a request") {
  Device device;
  auto decryption = device.decryption();
  Buffer buffer(8);
  CHECK(rv(decryption.one_shot(text("abcdefg"), buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE);
  CHECK(rv(decryption.one_shot(text("abcdefghi"), buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE);
  REQUIRE(decryption.update(text("abcdefgh"), buffer.output()));
  CHECK(rv(decryption.update(text("i"), buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE);
  CHECK(device.requests == 0);
}

TEST_CASE("The end right after the beginning decrypts nothing") {
  Device device;
  auto decryption = device.decryption();
  Buffer buffer(8);
  CHECK(rv(decryption.finish(buffer.output())) == CKR_OK);
  CHECK(buffer.length == 0);
  CHECK(device.requests == 0);
}
