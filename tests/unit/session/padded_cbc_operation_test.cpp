// SPDX-License-Identifier: Apache-2.0
#include "session/padded_cbc_operation.h"

#include <string>
#include <vector>

#include "buffer.h"
#include "catch.hpp"

using namespace nethsm;
using session::CbcChain;
using session::PaddedCbcDecryption;
using session::PaddedCbcEncryption;
using session::Progress;

namespace {

constexpr CbcChain::Iv kIv = {'I', 'V'};

// A device that changes nothing, so that plaintext and ciphertext are the same blocks.
struct Device {
  std::vector<Bytes> requests;
  std::vector<Bytes> ivs;

  CbcChain chain(CbcChain::Direction direction) {
    return {direction, kIv, [this](ByteView blocks, ByteView iv) -> token::Result<SecretBytes> {
              requests.push_back(to_bytes(blocks));
              ivs.push_back(to_bytes(iv));
              return SecretBytes(blocks.begin(), blocks.end());
            }};
  }
  PaddedCbcEncryption encryption() { return PaddedCbcEncryption(chain(CbcChain::Direction::kEncrypt)); }
  PaddedCbcDecryption decryption() { return PaddedCbcDecryption(chain(CbcChain::Direction::kDecrypt)); }
};

Bytes padded(std::string_view data) {
  Bytes bytes = to_bytes(data);
  const std::size_t missing = 16 - data.size() % 16;
  bytes.insert(bytes.end(), missing, static_cast<std::uint8_t>(missing));
  return bytes;
}

}  // namespace

TEST_CASE("Data is padded to whole blocks, in one piece and in parts") {
  Device device;
  auto operation = device.encryption();
  const std::string data(GENERATE(0UL, 1UL, 15UL, 16UL, 17UL, 40UL), 'd');
  const Bytes expected = padded(data);
  Buffer buffer(64);
  SECTION("in one piece") {
    REQUIRE(rv(operation.one_shot(text(data), buffer.size_query())) == CKR_OK);
    CHECK(buffer.length == expected.size());
    CHECK(device.requests.empty());
    REQUIRE(rv(operation.one_shot(text(data), buffer.output())) == CKR_OK);
    CHECK(buffer.written() == expected);
    CHECK(device.requests.size() == 1);
  }
  SECTION("in parts, each full block at once") {
    Bytes result;
    for (std::size_t i = 0; i < data.size(); ++i) {
      REQUIRE(rv(operation.update(text("d"), buffer.output())) == CKR_OK);
      CHECK(buffer.length == ((i + 1) % 16 == 0 ? 16 : 0));
      const Bytes written = buffer.written();
      result.insert(result.end(), written.begin(), written.end());
    }
    REQUIRE(rv(operation.finish(buffer.size_query())) == CKR_OK);
    CHECK(buffer.length == 16);
    REQUIRE(rv(operation.finish(buffer.output())) == CKR_OK);
    const Bytes written = buffer.written();
    result.insert(result.end(), written.begin(), written.end());
    CHECK(result == expected);
  }
}

TEST_CASE("Decrypting holds the last block back, which may be padding") {
  Device device;
  auto operation = device.decryption();
  Buffer buffer(64);
  const Bytes ciphertext = padded(std::string(32, 'd'));
  REQUIRE(rv(operation.update(ByteView(ciphertext).first(16), buffer.output())) == CKR_OK);
  CHECK(buffer.length == 0);
  REQUIRE(rv(operation.update(ByteView(ciphertext).subspan(16), buffer.output())) == CKR_OK);
  CHECK(buffer.length == 32);
  CHECK(device.ivs.size() == 1);
  REQUIRE(rv(operation.finish(buffer.output())) == CKR_OK);
  CHECK(buffer.length == 0);
  // Chained on.
  CHECK(device.ivs.at(1) == Bytes(16, 'd'));
}

TEST_CASE("A padding is taken off, of whatever length") {
  Device device;
  auto operation = device.decryption();
  const std::string data(GENERATE(0UL, 1UL, 15UL, 16UL, 17UL, 40UL), 'd');
  Buffer buffer(64);
  REQUIRE(rv(operation.one_shot(ByteView(padded(data)), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == to_bytes(data));
}

TEST_CASE("A size query is answered with the most there can be, without a request") {
  Device device;
  auto operation = device.decryption();
  Buffer buffer(64);
  const Bytes ciphertext = padded(std::string(20, 'd'));
  const auto progress = operation.one_shot(ByteView(ciphertext), buffer.size_query());
  REQUIRE(progress);
  CHECK(*progress == Progress::kSizeQuery);
  CHECK(buffer.length == 32);
  CHECK(device.requests.empty());
}

TEST_CASE("A plaintext that did not fit is kept, and asked for once") {
  Device device;
  auto operation = device.decryption();
  const Bytes ciphertext = padded(std::string(20, 'd'));
  Buffer tight(19);
  Buffer exact(20);
  SECTION("in one piece") {
    CHECK(rv(operation.one_shot(ByteView(ciphertext), tight.output())) == CKR_BUFFER_TOO_SMALL);
    CHECK(tight.length == 20);
    REQUIRE(rv(operation.one_shot(ByteView(ciphertext), exact.size_query())) == CKR_OK);
    CHECK(exact.length == 20);
    REQUIRE(rv(operation.one_shot(ByteView(ciphertext), exact.output())) == CKR_OK);
    CHECK(exact.written() == Bytes(20, 'd'));
    CHECK(device.requests.size() == 1);
  }
  SECTION("at the end of parts") {
    REQUIRE(rv(operation.update(ByteView(ciphertext), exact.output())) == CKR_OK);
    CHECK(exact.length == 16);
    Buffer three(3);
    CHECK(rv(operation.finish(three.output())) == CKR_BUFFER_TOO_SMALL);
    CHECK(three.length == 4);
    REQUIRE(rv(operation.finish(exact.output())) == CKR_OK);
    CHECK(exact.written() == Bytes(4, 'd'));
    CHECK(device.requests.size() == 2);
  }
  CHECK(tight.untouched());
}

TEST_CASE("What is no padded ciphertext is refused") {
  Device device;
  auto operation = device.decryption();
  Buffer buffer(64);
  SECTION("no padding") {
    CHECK(rv(operation.one_shot(text("no padding here "), buffer.output())) == CKR_ENCRYPTED_DATA_INVALID);
  }
  SECTION("no whole blocks") {
    CHECK(rv(operation.one_shot(text("short"), buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE);
  }
  SECTION("nothing") { CHECK(rv(operation.finish(buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE); }
  SECTION("an incomplete end") {
    REQUIRE(rv(operation.update(text("seventeen bytes.."), buffer.output())) == CKR_OK);
    CHECK(rv(operation.finish(buffer.output())) == CKR_ENCRYPTED_DATA_LEN_RANGE);
  }
}
