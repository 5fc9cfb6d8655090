// SPDX-License-Identifier: Apache-2.0
#include "session/cbc_operation.h"

#include <string>
#include <vector>

#include "buffer.h"
#include "catch.hpp"

using namespace nethsm;
using session::CbcChain;
using session::CbcOperation;
using session::Progress;
using Direction = CbcChain::Direction;

namespace {

constexpr CbcChain::Iv kIv = {'I', 'V'};

// A device whose answer is the request in upper case, and which remembers what it was asked.
struct Device {
  struct Request {
    Bytes blocks, iv;
  };
  std::vector<Request> requests;
  bool working = true;

  CbcChain::Device calls() {
    return [this](ByteView blocks, ByteView iv) -> token::Result<SecretBytes> {
      requests.push_back({to_bytes(blocks), to_bytes(iv)});
      if (!working) return token::fail(CKR_DEVICE_ERROR);
      SecretBytes answer(blocks.begin(), blocks.end());
      for (auto& byte : answer) byte = static_cast<std::uint8_t>(std::toupper(byte));
      return answer;
    };
  }
};

}  // namespace

TEST_CASE("Each full block goes to the device at once and comes back at once") {
  Device device;
  CbcOperation operation(CbcChain(Direction::kEncrypt, kIv, device.calls()));
  Buffer buffer(64);

  REQUIRE(rv(operation.update(text("0123456789abcde"), buffer.output())) == CKR_OK);
  CHECK(buffer.length == 0);
  CHECK(device.requests.empty());

  REQUIRE(rv(operation.update(text("f"), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == to_bytes("0123456789ABCDEF"));

  REQUIRE(rv(operation.update(text("ghijklmnopqrstuvwxyz0123456789ab"), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == to_bytes("GHIJKLMNOPQRSTUVWXYZ0123456789AB"));
  CHECK(device.requests.size() == 2);

  const auto finished = operation.finish(buffer.output());
  REQUIRE(finished);
  CHECK(*finished == Progress::kFinished);
  CHECK(buffer.length == 0);
  CHECK(device.requests.size() == 2);
}

TEST_CASE("The last block of the ciphertext is the IV of the next request") {
  Device device;
  Buffer buffer(64);
  const auto blocks = text("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb");
  SECTION("encrypting: of what came back") {
    CbcOperation operation(CbcChain(Direction::kEncrypt, kIv, device.calls()));
    REQUIRE(operation.update(blocks, buffer.output()));
    REQUIRE(operation.update(blocks, buffer.output()));
    CHECK(device.requests.at(1).iv == to_bytes("BBBBBBBBBBBBBBBB"));
  }
  SECTION("decrypting: of what was sent") {
    CbcOperation operation(CbcChain(Direction::kDecrypt, kIv, device.calls()));
    REQUIRE(operation.update(blocks, buffer.output()));
    REQUIRE(operation.update(blocks, buffer.output()));
    CHECK(device.requests.at(1).iv == to_bytes("bbbbbbbbbbbbbbbb"));
  }
  CHECK(device.requests.at(0).iv == Bytes(kIv.begin(), kIv.end()));
}

TEST_CASE("Size queries and short buffers consume nothing") {
  Device device;
  CbcOperation operation(CbcChain(Direction::kDecrypt, kIv, device.calls()));
  Buffer roomy(64);
  Buffer tight(16);
  const auto part = text("0123456789abcdef0123456789abcdef!");

  REQUIRE(rv(operation.update(part, roomy.size_query())) == CKR_OK);
  CHECK(roomy.length == 32);
  CHECK(rv(operation.update(part, tight.output())) == CKR_BUFFER_TOO_SMALL);
  CHECK(tight.length == 32);
  CHECK(tight.untouched());
  CHECK(device.requests.empty());

  REQUIRE(rv(operation.update(part, roomy.output())) == CKR_OK);
  CHECK(roomy.written() == to_bytes("0123456789ABCDEF0123456789ABCDEF"));
}

TEST_CASE("There is no padding: an incomplete block at the end is refused without a request") {
  Device device;
  Buffer buffer(64);
  const auto [direction, code] =
      GENERATE(std::pair{Direction::kEncrypt, CK_RV{CKR_DATA_LEN_RANGE}},
               std::pair{Direction::kDecrypt, CK_RV{CKR_ENCRYPTED_DATA_LEN_RANGE}});
  CbcOperation operation(CbcChain(direction, kIv, device.calls()));
  SECTION("in one piece") {
    CHECK(rv(operation.one_shot(text("seventeen bytes.."), buffer.output())) == code);
  }
  SECTION("in parts") {
    REQUIRE(operation.update(text("short"), buffer.output()));
    CHECK(rv(operation.finish(buffer.output())) == code);
  }
  CHECK(device.requests.empty());
}

TEST_CASE("The end right after the beginning is fine and empty") {
  Device device;
  CbcOperation operation(CbcChain(Direction::kEncrypt, kIv, device.calls()));
  Buffer buffer(0);
  CHECK(rv(operation.finish(buffer.output())) == CKR_OK);
  CHECK(buffer.length == 0);
}

TEST_CASE("Long data is split over requests, each chained to the one before") {
  Device device;
  CbcOperation operation(CbcChain(Direction::kDecrypt, kIv, device.calls()));
  const std::string data(1024 * 1024 + 32, 'x');
  Buffer buffer(data.size());
  REQUIRE(rv(operation.one_shot(text(data), buffer.output())) == CKR_OK);
  CHECK(buffer.written() == Bytes(data.size(), 'X'));
  REQUIRE(device.requests.size() == 3);
  CHECK(device.requests[0].blocks.size() == 512 * 1024);
  CHECK(device.requests[2].blocks.size() == 32);
  CHECK(device.requests[2].iv == Bytes(16, 'x'));
}

TEST_CASE("A failure of the device and a missing argument are passed on") {
  Device device;
  device.working = false;
  CbcOperation operation(CbcChain(Direction::kDecrypt, kIv, device.calls()));
  Buffer buffer(64);
  CHECK(rv(operation.one_shot(text("0123456789abcdef"), buffer.output())) == CKR_DEVICE_ERROR);
  CHECK(rv(operation.update(missing(), buffer.output())) == CKR_ARGUMENTS_BAD);
  CHECK(buffer.untouched());
}
