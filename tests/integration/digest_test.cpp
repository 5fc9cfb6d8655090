// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/hashes.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

CK_RV digest_init(TokenSession& token, CK_MECHANISM_TYPE type) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  return token.module->C_DigestInit(token.session, &mechanism);
}

}  // namespace

TEST_CASE("Digests are OpenSSL's, in one piece, in parts and of nothing") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const std::string message = GENERATE(std::string(), std::string("abc"), std::string(100'003, 'm'));
  for (const Hash& hash : kHashes) {
    CAPTURE(hash.name, message.size());
    const Bytes expected = digest(hash.name, as_bytes(message));
    Bytes out(64);
    CK_ULONG length = out.size();
    REQUIRE(digest_init(token, hash.type) == CKR_OK);
    REQUIRE(token.module->C_Digest(token.session, in(as_bytes(message)), message.size(), out.data(),
                                   &length) == CKR_OK);
    CHECK(Bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length)) == expected);

    REQUIRE(digest_init(token, hash.type) == CKR_OK);
    for (std::size_t at = 0; at < message.size(); at += 997) {
      const ByteView part = as_bytes(message).subspan(at, std::min<std::size_t>(997, message.size() - at));
      REQUIRE(token.module->C_DigestUpdate(token.session, in(part), part.size()) == CKR_OK);
    }
    length = out.size();
    REQUIRE(token.module->C_DigestFinal(token.session, out.data(), &length) == CKR_OK);
    CHECK(Bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length)) == expected);
  }
}

TEST_CASE("The length of a digest is told beforehand and a short buffer consumes nothing") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Bytes expected = digest("SHA256", as_bytes("data"));
  Bytes out(32, 0xa5);
  CK_ULONG length = 0;
  const bool in_parts = GENERATE(false, true);
  const auto finish = [&](CK_BYTE* to) {
    return in_parts ? token.module->C_DigestFinal(token.session, to, &length)
                    : token.module->C_Digest(token.session, in(as_bytes("data")), 4, to, &length);
  };
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  if (in_parts) REQUIRE(token.module->C_DigestUpdate(token.session, in(as_bytes("data")), 4) == CKR_OK);
  CHECK(finish(nullptr) == CKR_OK);
  CHECK(length == 32);
  length = 31;
  CHECK(finish(out.data()) == CKR_BUFFER_TOO_SMALL);
  CHECK(length == 32);
  CHECK(out == Bytes(32, 0xa5));
  REQUIRE(finish(out.data()) == CKR_OK);
  CHECK(out == expected);
  CHECK(finish(out.data()) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("C_DigestInit checks session, mechanism and the operation that is active") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_MECHANISM sha256{CKM_SHA256, nullptr, 0};
  CHECK(token.module->C_DigestInit(99999, &sha256) == CKR_SESSION_HANDLE_INVALID);
  CHECK(token.module->C_DigestInit(token.session, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(digest_init(token, CKM_VENDOR_DEFINED | 1) == CKR_MECHANISM_INVALID);
  CHECK(digest_init(token, CKM_SHA256_RSA_PKCS) == CKR_MECHANISM_INVALID);
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(digest_init(token, CKM_SHA256) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("An Init call without a mechanism ends the operation that is active") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(token.module->C_DigestInit(token.session, nullptr) == CKR_OK);
  CHECK(token.module->C_DigestUpdate(token.session, in(as_bytes("x")), 1) == CKR_OPERATION_NOT_INITIALIZED);

  const auto pair = token.generate_ed25519(unique_id("cancel"));
  REQUIRE(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
  CHECK(token.module->C_SignInit(token.session, nullptr, 0) == CKR_OK);
  CHECK(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_OK);
}

TEST_CASE("Argument errors and mixed modes end a digest") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  Bytes out(32);
  CK_ULONG length = out.size();
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(token.module->C_Digest(token.session, nullptr, 4, out.data(), &length) == CKR_ARGUMENTS_BAD);
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(token.module->C_Digest(token.session, in(as_bytes("data")), 4, out.data(), nullptr) ==
        CKR_ARGUMENTS_BAD);
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  REQUIRE(token.module->C_DigestUpdate(token.session, in(as_bytes("data")), 4) == CKR_OK);
  CHECK(token.module->C_Digest(token.session, in(as_bytes("data")), 4, out.data(), &length) ==
        CKR_OPERATION_ACTIVE);
  CHECK(token.module->C_DigestFinal(token.session, out.data(), &length) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("Keys are not digested: their values stay on the device") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto key = token.generate_aes(unique_id("digest"));
  CHECK(token.module->C_DigestKey(token.session, key) == CKR_OPERATION_NOT_INITIALIZED);
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(token.module->C_DigestKey(token.session, key) == CKR_KEY_INDIGESTIBLE);
  REQUIRE(digest_init(token, CKM_SHA256) == CKR_OK);
  CHECK(token.module->C_DigestKey(token.session, 999999) == CKR_KEY_HANDLE_INVALID);
}
