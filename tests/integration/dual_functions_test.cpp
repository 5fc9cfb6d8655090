// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

const std::string kMessage = "a message of forty-eight bytes, in whole blocks!";

// A session with an AES key and a signing key, and Init calls for all that two operations are made of.
struct Dual {
  const ConfigFile config{{device_slot()}};
  TokenSession token;
  CK_OBJECT_HANDLE aes = token.generate_aes(unique_id("dual"));
  TokenSession::KeyPair pair = token.generate_ed25519(unique_id("dual"));
  Bytes iv = Bytes(16, 7);
  CK_MECHANISM cbc{CKM_AES_CBC, iv.data(), iv.size()};
  CK_MECHANISM sha256{CKM_SHA256, nullptr, 0};
  CK_MECHANISM eddsa{CKM_EDDSA, nullptr, 0};
  Bytes ciphertext = token.encrypt(cbc, aes, as_bytes(kMessage)).bytes;

  CK_SESSION_HANDLE session() const { return token.session; }

  void digest_init() { must(token.module->C_DigestInit(session(), &sha256), "C_DigestInit"); }
  void sign_init() { must(token.module->C_SignInit(session(), &eddsa, pair.private_key), "C_SignInit"); }
  void verify_init() { must(token.module->C_VerifyInit(session(), &eddsa, pair.public_key), "C_VerifyInit"); }
  void encrypt_init() { must(token.module->C_EncryptInit(session(), &cbc, aes), "C_EncryptInit"); }
  void decrypt_init() { must(token.module->C_DecryptInit(session(), &cbc, aes), "C_DecryptInit"); }

  Bytes digest_final() {
    Bytes out(32);
    CK_ULONG length = out.size();
    must(token.module->C_DigestFinal(session(), out.data(), &length), "C_DigestFinal");
    return out;
  }
};

}  // namespace

TEST_CASE("C_DigestEncryptUpdate digests the plaintext and encrypts it, also in place") {
  Dual dual;
  dual.digest_init();
  dual.encrypt_init();
  Bytes data = to_bytes(kMessage);
  CK_ULONG length = 0;
  // Neither a question for the length nor a short buffer takes the data in.
  REQUIRE(dual.token.module->C_DigestEncryptUpdate(dual.session(), data.data(), data.size(), nullptr,
                                                   &length) == CKR_OK);
  CHECK(length == data.size());
  length = data.size() - 1;
  CHECK(dual.token.module->C_DigestEncryptUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                 &length) == CKR_BUFFER_TOO_SMALL);
  CHECK(length == data.size());
  REQUIRE(dual.token.module->C_DigestEncryptUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                   &length) == CKR_OK);
  CHECK(data == dual.ciphertext);
  CHECK(dual.digest_final() == digest("SHA256", as_bytes(kMessage)));
  CHECK(dual.token.module->C_EncryptFinal(dual.session(), data.data(), &length) == CKR_OK);
}

TEST_CASE("C_DecryptDigestUpdate decrypts and digests the plaintext") {
  Dual dual;
  dual.digest_init();
  dual.decrypt_init();
  Bytes out(64);
  std::string plain;
  for (std::size_t at = 0; at < dual.ciphertext.size(); at += 20) {
    CK_ULONG length = out.size();
    const std::size_t size = std::min<std::size_t>(20, dual.ciphertext.size() - at);
    REQUIRE(dual.token.module->C_DecryptDigestUpdate(dual.session(), dual.ciphertext.data() + at, size,
                                                     out.data(), &length) == CKR_OK);
    plain += as_text(ByteView(out).first(length));
  }
  CHECK(plain == kMessage);
  CHECK(dual.digest_final() == digest("SHA256", as_bytes(kMessage)));
}

TEST_CASE("C_SignEncryptUpdate and C_DecryptVerifyUpdate are each other's opposite") {
  Dual dual;
  dual.sign_init();
  dual.encrypt_init();
  Bytes data = to_bytes(kMessage);
  CK_ULONG length = data.size();
  REQUIRE(dual.token.module->C_SignEncryptUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                 &length) == CKR_OK);
  CHECK(data == dual.ciphertext);
  Bytes signature(64);
  length = signature.size();
  REQUIRE(dual.token.module->C_SignFinal(dual.session(), signature.data(), &length) == CKR_OK);
  CHECK(eddsa_verifies(public_key_of(dual.token, dual.pair.public_key), as_bytes(kMessage), signature));

  dual.verify_init();
  dual.decrypt_init();
  length = data.size();
  REQUIRE(dual.token.module->C_DecryptVerifyUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                   &length) == CKR_OK);
  CHECK(as_text(data) == kMessage);
  CHECK(dual.token.module->C_VerifyFinal(dual.session(), signature.data(), signature.size()) == CKR_OK);
}

TEST_CASE("A dual function needs both operations, and leaves a single one alone") {
  Dual dual;
  Bytes data = to_bytes(kMessage);
  CK_ULONG length = data.size();
  const auto call = [&] {
    return dual.token.module->C_DigestEncryptUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                    &length);
  };
  CHECK(call() == CKR_OPERATION_NOT_INITIALIZED);
  dual.digest_init();
  CHECK(call() == CKR_OPERATION_NOT_INITIALIZED);
  dual.encrypt_init();
  CHECK(call() == CKR_OK);
  CHECK(dual.token.module->C_DecryptDigestUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                 &length) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(dual.digest_final() == digest("SHA256", as_bytes(kMessage)));
}

TEST_CASE("A failure of a dual function ends both operations") {
  Dual dual;
  Bytes data = to_bytes(kMessage);
  CK_ULONG length = data.size();
  dual.digest_init();
  dual.encrypt_init();
  SECTION("a missing argument") {
    CHECK(dual.token.module->C_DigestEncryptUpdate(dual.session(), nullptr, 16, data.data(), &length) ==
          CKR_ARGUMENTS_BAD);
  }
  SECTION("one of them is in its one-shot call") {
    CHECK(dual.token.module->C_Digest(dual.session(), data.data(), data.size(), nullptr, &length) == CKR_OK);
    length = data.size();
    CHECK(dual.token.module->C_DigestEncryptUpdate(dual.session(), data.data(), data.size(), data.data(),
                                                   &length) == CKR_OPERATION_ACTIVE);
  }
  CHECK(dual.token.module->C_DigestUpdate(dual.session(), data.data(), 16) == CKR_OPERATION_NOT_INITIALIZED);
  CHECK(dual.token.module->C_EncryptUpdate(dual.session(), data.data(), 16, data.data(), &length) ==
        CKR_OPERATION_NOT_INITIALIZED);
}
