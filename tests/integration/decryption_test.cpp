// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

struct OaepHash {
  const char* name;
  CK_MECHANISM_TYPE hash;
  CK_RSA_PKCS_MGF_TYPE mgf;
};
constexpr OaepHash kOaepHashes[] = {
    {"SHA1", CKM_SHA_1, CKG_MGF1_SHA1},      {"SHA224", CKM_SHA224, CKG_MGF1_SHA224},
    {"SHA256", CKM_SHA256, CKG_MGF1_SHA256}, {"SHA384", CKM_SHA384, CKG_MGF1_SHA384},
    {"SHA512", CKM_SHA512, CKG_MGF1_SHA512},
};

CK_RV decrypt_init(TokenSession& token, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key) {
  return token.module->C_DecryptInit(token.session, &mechanism, key);
}

constexpr CK_MECHANISM kPkcs1{CKM_RSA_PKCS, nullptr, 0};

}  // namespace

TEST_CASE("RSA PKCS #1 v1.5 ciphertexts are decrypted, in one piece and in parts") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("decrypt"));
  const EvpKey key = public_key_of(token, pair.public_key);
  const std::string secret = GENERATE(std::string(), std::string("x"), std::string(245, 'y'));
  const Bytes ciphertext = rsa_encrypt(key, as_bytes(secret), RsaPadding::kPkcs1);
  const auto whole = token.decrypt(kPkcs1, pair.private_key, ciphertext);
  REQUIRE(whole.rv == CKR_OK);
  CHECK(as_text(whole.bytes) == secret);

  REQUIRE(decrypt_init(token, kPkcs1, pair.private_key) == CKR_OK);
  Bytes out(256);
  CK_ULONG length = out.size();
  REQUIRE(token.module->C_DecryptUpdate(token.session, in(ciphertext), 100, out.data(), &length) == CKR_OK);
  CHECK(length == 0);
  length = out.size();
  REQUIRE(token.module->C_DecryptUpdate(token.session, in(ByteView(ciphertext).subspan(100)), 156, out.data(),
                                        &length) == CKR_OK);
  length = out.size();
  REQUIRE(token.module->C_DecryptFinal(token.session, out.data(), &length) == CKR_OK);
  CHECK(as_text(ByteView(out.data(), length)) == secret);
}

TEST_CASE("RSA OAEP ciphertexts are decrypted with every hash") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("oaep"));
  const EvpKey key = public_key_of(token, pair.public_key);
  for (const OaepHash& hash : kOaepHashes) {
    CAPTURE(hash.name);
    CK_RSA_PKCS_OAEP_PARAMS parameter{hash.hash, hash.mgf, CKZ_DATA_SPECIFIED, nullptr, 0};
    const Bytes ciphertext = rsa_encrypt(key, as_bytes("a secret"), RsaPadding::kOaep, hash.name);
    const auto plain =
        token.decrypt({CKM_RSA_PKCS_OAEP, &parameter, sizeof parameter}, pair.private_key, ciphertext);
    REQUIRE(plain.rv == CKR_OK);
    CHECK(as_text(plain.bytes) == "a secret");
  }
}

TEST_CASE("OAEP that neither the device nor, with this key, the module can do is refused when it begins") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("oaep"));
  CK_BYTE label[] = {'A', 'B', 'C'};
  CK_RSA_PKCS_OAEP_PARAMS parameter{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  SECTION("label") {
    parameter.pSourceData = label;
    parameter.ulSourceDataLen = sizeof label;
  }
  SECTION("mixed hashes") { parameter.mgf = CKG_MGF1_SHA1; }
  SECTION("unknown hash") { parameter.hashAlg = CKM_RSA_PKCS; }
  CHECK(decrypt_init(token, {CKM_RSA_PKCS_OAEP, &parameter, sizeof parameter}, pair.private_key) ==
        CKR_MECHANISM_PARAM_INVALID);
  CHECK(decrypt_init(token, {CKM_RSA_PKCS_OAEP, &parameter, sizeof parameter - 1}, pair.private_key) ==
        CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("Raw RSA gives the padded block back") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_pair(
      CKM_RSA_PKCS_KEY_PAIR_GEN, unique_id("raw"), Attributes().number(CKA_MODULUS_BITS, 2048),
      Attributes().bytes(CKA_ALLOWED_MECHANISMS, [] {
        constexpr CK_MECHANISM_TYPE kAllowed = CKM_RSA_X_509;
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&kAllowed);
        return Bytes(bytes, bytes + sizeof kAllowed);
      }()));
  Bytes block(256);
  block[1] = 2;
  block[255] = 7;
  const Bytes ciphertext = rsa_encrypt(public_key_of(token, pair.public_key), block, RsaPadding::kNone);
  const auto plain = token.decrypt({CKM_RSA_X_509, nullptr, 0}, pair.private_key, ciphertext);
  REQUIRE(plain.rv == CKR_OK);
  CHECK(plain.bytes == block);
}

TEST_CASE("A plaintext that does not fit keeps the operation, until the buffer is large enough") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("tight"));
  const Bytes ciphertext =
      rsa_encrypt(public_key_of(token, pair.public_key), as_bytes("secret"), RsaPadding::kPkcs1);
  REQUIRE(decrypt_init(token, kPkcs1, pair.private_key) == CKR_OK);
  Bytes out(6, 0xa5);
  CK_ULONG length = 0;
  REQUIRE(token.module->C_Decrypt(token.session, in(ciphertext), ciphertext.size(), nullptr, &length) ==
          CKR_OK);
  CHECK(length >= 6);
  CHECK(length <= 256);
  length = 5;
  CHECK(token.module->C_Decrypt(token.session, in(ciphertext), ciphertext.size(), out.data(), &length) ==
        CKR_BUFFER_TOO_SMALL);
  CHECK(length == 6);
  CHECK(out == Bytes(6, 0xa5));
  REQUIRE(token.module->C_Decrypt(token.session, in(ciphertext), ciphertext.size(), out.data(), &length) ==
          CKR_OK);
  CHECK(as_text(out) == "secret");
}

TEST_CASE("A ciphertext of a wrong length or content is refused, and ends the operation") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto pair = token.generate_rsa(unique_id("bad"));
  CHECK(token.decrypt(kPkcs1, pair.private_key, Bytes(255, 1)).rv == CKR_ENCRYPTED_DATA_LEN_RANGE);
  CHECK(token.decrypt(kPkcs1, pair.private_key, Bytes(257, 1)).rv == CKR_ENCRYPTED_DATA_LEN_RANGE);
  CHECK(token.decrypt(kPkcs1, pair.private_key, Bytes(256, 1)).rv == CKR_ENCRYPTED_DATA_INVALID);
  REQUIRE(decrypt_init(token, kPkcs1, pair.private_key) == CKR_OK);
  CHECK(decrypt_init(token, kPkcs1, pair.private_key) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("C_DecryptInit checks mechanism and key") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const auto rsa = token.generate_rsa(unique_id("init"));
  const auto aes = token.generate_aes(unique_id("init"));
  CHECK(decrypt_init(token, kPkcs1, 999999) == CKR_KEY_HANDLE_INVALID);
  CHECK(decrypt_init(token, kPkcs1, aes) == CKR_KEY_TYPE_INCONSISTENT);
  CHECK(decrypt_init(token, {CKM_SHA256, nullptr, 0}, rsa.private_key) == CKR_MECHANISM_INVALID);
  CHECK(token.module->C_DecryptInit(token.session, nullptr, rsa.private_key) == CKR_ARGUMENTS_BAD);
}
