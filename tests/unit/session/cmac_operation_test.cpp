// SPDX-License-Identifier: Apache-2.0
#include "session/cmac_operation.h"

#include <openssl/evp.h>

#include <memory>
#include <vector>

#include "buffer.h"
#include "catch.hpp"

using namespace nethsm;
using session::Cmac;
using session::CmacSigning;

namespace {

// AES-CBC as the device has it, in software.
struct Device {
  Bytes key;
  std::vector<std::size_t> requests;  // bytes of each

  session::CbcChain::Device calls() {
    return [this](ByteView blocks, ByteView iv) -> token::Result<SecretBytes> {
      requests.push_back(blocks.size());
      const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free);
      const EVP_CIPHER* cipher = key.size() == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
      EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(), iv.data());
      EVP_CIPHER_CTX_set_padding(context.get(), 0);
      SecretBytes out(blocks.size() + 16);
      int length = 0;
      EVP_EncryptUpdate(context.get(), out.data(), &length, blocks.data(), static_cast<int>(blocks.size()));
      out.resize(static_cast<std::size_t>(length));
      return out;
    };
  }
};

// Of NIST SP 800-38B and RFC 4493.
constexpr std::string_view kKey128 = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr std::string_view kKey256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr std::string_view kMessage =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

struct Vector {
  std::string_view key;
  std::size_t length;
  std::string_view code;
};
constexpr Vector kVectors[] = {
    {kKey128, 0, "bb1d6929e95937287fa37d129b756746"},  {kKey128, 16, "070a16b46b4d4144f79bdd9dd04a287c"},
    {kKey128, 40, "dfa66747de9ae63030ca32611497c827"}, {kKey128, 64, "51f0bebf7e3b9d92fc49741779363cfe"},
    {kKey256, 0, "028962f61b7bf89efc6b551f4667d983"},  {kKey256, 16, "28a7023f452e8f82bd4bf28d8c37c35c"},
    {kKey256, 40, "aaf3d8f1de5640c232f5b169b9c911e6"}, {kKey256, 64, "e1992190549f6ed5696a2c056c315410"},
};

}  // namespace

TEST_CASE("The codes are those of NIST, in one piece and byte by byte, with two requests") {
  for (const Vector& vector : kVectors) {
    CAPTURE(vector.key, vector.length);
    const Bytes message = *from_hex(kMessage.substr(0, 2 * vector.length));
    Device device{*from_hex(vector.key), {}};
    Cmac whole(device.calls());
    REQUIRE(whole.add(message));
    CHECK(to_hex(*whole.finish()) == vector.code);
    CHECK(device.requests.size() == 2);

    Cmac parts(device.calls());
    for (const std::uint8_t& byte : message) REQUIRE(parts.add(ByteView(&byte, 1)));
    CHECK(to_hex(*parts.finish()) == vector.code);
  }
}

TEST_CASE("A long message goes out in pieces while it comes in, and is never kept as a whole") {
  Device device{*from_hex(kKey128), {}};
  const Bytes message(200'000, 0x42);
  Cmac whole(device.calls());
  REQUIRE(whole.add(message));
  CHECK(device.requests.size() == 3);
  const Bytes code = *whole.finish();
  CHECK(device.requests.size() == 5);

  Cmac parts(device.calls());
  for (std::size_t at = 0; at < message.size(); at += 1000)
    REQUIRE(parts.add(ByteView(message).subspan(at, 1000)));
  CHECK(*parts.finish() == code);
}

TEST_CASE("A message that ends with a piece has its last block in the last request") {
  Device device{*from_hex(kKey128), {}};
  const Bytes message(64 * 1024 + 16, 0x42);
  Cmac whole(device.calls());
  REQUIRE(whole.add(message));
  CHECK(device.requests.empty());
  REQUIRE(whole.finish());
  CHECK(device.requests == std::vector<std::size_t>{16, 64 * 1024 + 16});
}

TEST_CASE("As much of the code is shown as was agreed on, and size queries cost nothing") {
  Device device{*from_hex(kKey128), {}};
  CmacSigning signing(4, device.calls());
  Buffer buffer(4);
  const Bytes message = *from_hex(kMessage.substr(0, 32));
  REQUIRE(rv(signing.one_shot(ByteView(message), buffer.size_query())) == CKR_OK);
  CHECK(buffer.length == 4);
  Buffer tight(3);
  CHECK(rv(signing.one_shot(ByteView(message), tight.output())) == CKR_BUFFER_TOO_SMALL);
  CHECK(device.requests.empty());
  REQUIRE(rv(signing.one_shot(ByteView(message), buffer.output())) == CKR_OK);
  CHECK(to_hex(buffer.written()) == "070a16b4");
}
