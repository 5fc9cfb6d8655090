// SPDX-License-Identifier: Apache-2.0
// What a call costs. A request to the device takes milliseconds, so each of these numbers is a promise.
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// A session on a cluster of its own, warmed up, with the requests of each call counted.
struct Counted {
  simulator::Simulator simulator{demo()};
  ConfigFile config{{slot_of(simulator)}};
  TokenSession token;

  template <class Call>
  std::vector<std::string> requests_of(Call&& call) {
    simulator.clear_requests();
    call();
    std::vector<std::string> requests;
    for (const auto& request : simulator.requests()) requests.push_back(request.method + " " + request.path);
    return requests;
  }
};

}  // namespace

TEST_CASE("C_Initialize makes no request") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  const Module module;
  REQUIRE(module->C_Initialize(nullptr) == CKR_OK);
  CK_INFO info;
  CHECK(module->C_GetInfo(&info) == CKR_OK);
  CHECK(simulator.requests().empty());
  CHECK(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("A signature is one request, and its size query none") {
  Counted counted;
  auto& token = counted.token;
  const std::string id = unique_id("count");
  const auto pair = token.generate_rsa(id, 1024);
  CHECK(counted
            .requests_of([&] {
              CK_ULONG length = 0;
              CK_BYTE tight[1];
              must(token.sign_init(CKM_SHA256_RSA_PKCS, pair.private_key), "C_SignInit");
              must(token.module->C_Sign(token.session, in(as_bytes("data")), 4, nullptr, &length), "C_Sign");
              length = 1;
              CHECK(token.module->C_Sign(token.session, in(as_bytes("data")), 4, tight, &length) ==
                    CKR_BUFFER_TOO_SMALL);
            })
            .empty());
  const auto last = counted.requests_of([&] {
    Bytes signature(128);
    CK_ULONG length = signature.size();
    must(token.module->C_Sign(token.session, in(as_bytes("data")), 4, signature.data(), &length), "C_Sign");
  });
  CHECK(last == std::vector<std::string>{"POST /api/v1/keys/" + id + "/sign"});
  CHECK(counted
            .requests_of([&] {
              token.sign_in_parts({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, Bytes(100'000), 1000);
            })
            .size() == 1);
}

TEST_CASE("A decryption is one request, also when the plaintext did not fit at first") {
  Counted counted;
  auto& token = counted.token;
  const auto pair = token.generate_rsa(unique_id("count"), 1024);
  const Bytes ciphertext =
      rsa_encrypt(public_key_of(token, pair.public_key), as_bytes("secret"), RsaPadding::kPkcs1);
  CHECK(counted
            .requests_of([&] {
              CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
              Bytes out(128);
              CK_ULONG length = 0;
              must(token.module->C_DecryptInit(token.session, &mechanism, pair.private_key), "C_DecryptInit");
              must(token.module->C_Decrypt(token.session, in(ciphertext), 128, nullptr, &length),
                   "C_Decrypt");
              length = 2;
              CHECK(token.module->C_Decrypt(token.session, in(ciphertext), 128, out.data(), &length) ==
                    CKR_BUFFER_TOO_SMALL);
              must(token.module->C_Decrypt(token.session, in(ciphertext), 128, out.data(), &length),
                   "C_Decrypt");
            })
            .size() == 1);
}

TEST_CASE("A search by id is one request, and attributes are free") {
  Counted counted;
  auto& token = counted.token;
  const std::string id = unique_id("count");
  token.generate_ed25519(id);
  CHECK(
      counted
          .requests_of([&] { token.find(Attributes().text(CKA_ID, id).number(CKA_CLASS, CKO_PRIVATE_KEY)); })
          .size() == 1);
  const auto object = token.find(Attributes().text(CKA_ID, id).number(CKA_CLASS, CKO_PRIVATE_KEY)).at(0);
  CHECK(counted
            .requests_of([&] {
              for (const CK_ATTRIBUTE_TYPE type : {CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_EC_POINT})
                token.attribute(object, type);
              CK_SESSION_INFO info;
              must(token.module->C_GetSessionInfo(token.session, &info), "C_GetSessionInfo");
            })
            .empty());
}

TEST_CASE("A search for everything lists the ids once and fetches each key once in a while") {
  Counted counted;
  auto& token = counted.token;
  for (int i = 0; i < 5; ++i) token.generate_ed25519(unique_id("count"));
  token.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY));
  CHECK(counted.requests_of([&] { token.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)); }).size() ==
        1);
}

TEST_CASE("Sessions and slot information cost nothing once they are known") {
  Counted counted;
  auto& token = counted.token;
  CK_SLOT_INFO slot;
  CK_TOKEN_INFO info;
  must(token.module->C_GetSlotInfo(0, &slot), "C_GetSlotInfo");
  must(token.module->C_GetTokenInfo(0, &info), "C_GetTokenInfo");
  CHECK(counted
            .requests_of([&] {
              CK_ULONG count = 0;
              CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
              must(token.module->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
              must(token.module->C_GetSlotInfo(0, &slot), "C_GetSlotInfo");
              must(token.module->C_GetTokenInfo(0, &info), "C_GetTokenInfo");
              must(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session),
                   "C_OpenSession");
              must(token.module->C_CloseSession(session), "C_CloseSession");
            })
            .empty());
}

TEST_CASE("5000 random bytes are five requests") {
  Counted counted;
  auto& token = counted.token;
  CHECK(counted
            .requests_of([&] {
              Bytes out(5000);
              must(token.module->C_GenerateRandom(token.session, out.data(), out.size()), "C_GenerateRandom");
            })
            .size() == 5);
}
