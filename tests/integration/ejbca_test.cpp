// SPDX-License-Identifier: Apache-2.0
// The calls of EJBCA's two crypto tokens: P11NG, and the older one over Java's SunPKCS11
// (docs/integrations/ejbca.md).
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_FLAGS kReadWrite = CKF_SERIAL_SESSION | CKF_RW_SESSION;
constexpr CK_RSA_PKCS_PSS_PARAMS kPss{CKM_SHA256, CKG_MGF1_SHA256, 32};

// EJBCA asks its users for the operator's passphrase and logs in with it.
SlotOptions activated_slot() {
  SlotOptions slot = device_slot();
  slot.operator_passphrase.reset();
  return slot;
}

void activate(TokenSession& token) {
  must(token.module->C_Login(token.session, CKU_USER, pin(kOperatorPassphrase), kOperatorPassphrase.size()),
       "C_Login");
}

enum class Usage { kSign, kDecrypt };

Attributes public_template(const std::string& alias, bool in_token) {
  Attributes wanted;
  wanted.flag(CKA_TOKEN, in_token).flag(CKA_ENCRYPT, false).flag(CKA_VERIFY, true).flag(CKA_WRAP, false);
  wanted.text(CKA_LABEL, "pub-" + alias).text(CKA_ID, alias);
  return wanted;
}

Attributes private_template(const std::string& alias, bool derive, Usage usage = Usage::kSign) {
  Attributes wanted;
  wanted.flag(CKA_DERIVE, derive).flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SENSITIVE, true);
  wanted.flag(CKA_DECRYPT, usage == Usage::kDecrypt).flag(CKA_SIGN, usage == Usage::kSign);
  wanted.flag(CKA_UNWRAP, false).flag(CKA_EXTRACTABLE, false);
  wanted.text(CKA_LABEL, "priv-" + alias).text(CKA_ID, alias);
  return wanted;
}

using KeyPair = TokenSession::KeyPair;

KeyPair generate(TokenSession& token, CK_MECHANISM_TYPE type, Attributes public_part,
                 Attributes private_part) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  KeyPair pair{};
  must(token.module->C_GenerateKeyPair(token.session, &mechanism, public_part.data(), public_part.size(),
                                       private_part.data(), private_part.size(), &pair.public_key,
                                       &pair.private_key),
       "C_GenerateKeyPair");
  return pair;
}

KeyPair generate_rsa(TokenSession& token, const std::string& alias, Usage usage = Usage::kSign) {
  auto wanted = public_template(alias, true);
  wanted.number(CKA_MODULUS_BITS, 2048).bytes(CKA_PUBLIC_EXPONENT, Bytes{1, 0, 1});
  return generate(token, CKM_RSA_PKCS_KEY_PAIR_GEN, wanted, private_template(alias, false, usage));
}

// By the certificate's label and its id, else by the id, else by the label.
std::vector<CK_OBJECT_HANDLE> private_key_of(TokenSession& token, const std::string& alias) {
  const auto private_key = [] { return Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY); };
  auto by_label = token.find(Attributes().number(CKA_CLASS, CKO_CERTIFICATE).text(CKA_LABEL, alias));
  if (!by_label.empty()) {
    return token.find(private_key().bytes(CKA_ID, token.attribute(by_label[0], CKA_ID)));
  }
  auto found = token.find(private_key().text(CKA_ID, alias));
  return found.empty() ? token.find(private_key().text(CKA_LABEL, alias)) : found;
}

CK_OBJECT_HANDLE store_certificate(TokenSession& token, const std::string& alias, ByteView der) {
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509).flag(CKA_TOKEN, true);
  wanted.text(CKA_LABEL, alias).bytes(CKA_SUBJECT, *from_hex("300d310b300906035504030c026361"));
  wanted.text(CKA_ID, alias).bytes(CKA_VALUE, der);
  CK_OBJECT_HANDLE certificate = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &certificate) == CKR_OK);
  return certificate;
}

CK_MECHANISM pss() {
  return {CKM_SHA256_RSA_PKCS_PSS, const_cast<CK_RSA_PKCS_PSS_PARAMS*>(&kPss), sizeof kPss};
}

CK_RV destroy(TokenSession& token, CK_OBJECT_HANDLE object) {
  return token.module->C_DestroyObject(token.session, object);
}

}  // namespace

TEST_CASE("P11NG makes an RSA key under an alias that was free, signs with it and finds it again") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  const std::string alias = unique_id("ca");
  REQUIRE(private_key_of(token, alias).empty());
  const KeyPair pair = generate_rsa(token, alias);
  CHECK(private_key_of(token, alias) == std::vector{pair.private_key});
  const EvpKey public_key = public_key_of(token, pair.public_key);
  const ByteView tbs = as_bytes("a certificate to be signed");
  const auto pkcs1 = token.sign_in_parts({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, tbs, 7);
  REQUIRE(pkcs1.rv == CKR_OK);
  CHECK(rsa_verifies(public_key, tbs, pkcs1.bytes, {"SHA256", false, nullptr}));
  const auto signature = token.sign_in_parts(pss(), pair.private_key, tbs, 7);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(rsa_verifies(public_key, tbs, signature.bytes, {"SHA256", true, nullptr}));

  const Bytes der = certificate_over(public_key, alias);
  const auto certificate = store_certificate(token, alias, der);
  CHECK(token.attribute(certificate, CKA_VALUE) == der);
  CHECK(private_key_of(token, alias) == std::vector{pair.private_key});
  CHECK(destroy(token, certificate) == CKR_OK);
  CHECK(destroy(token, pair.private_key) == CKR_OK);
  CHECK(destroy(token, pair.public_key) == CKR_OK);
  CHECK(private_key_of(token, alias).empty());
}

TEST_CASE("P11NG makes EC keys, with CKA_DERIVE and a public half that is in the token or not") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  const bool in_token = GENERATE(true, false);
  const std::string alias = unique_id("ec");
  auto wanted = public_template(alias, in_token);
  wanted.bytes(CKA_EC_PARAMS, ec_params(kCurves[1]));
  const KeyPair pair = generate(token, CKM_ECDSA_KEY_PAIR_GEN, wanted, private_template(alias, true));
  CHECK(token.attribute(pair.public_key, CKA_EC_PARAMS) == ec_params(kCurves[1]));
  const Bytes point = token.attribute(pair.public_key, CKA_EC_POINT);
  REQUIRE(point.size() == 2 + 1 + 2 * 48);
  CHECK(point[0] == 0x04);
  const EvpKey public_key = ec_public_key(ec_params(kCurves[1]), point);
  const Bytes hash = digest("SHA384", as_bytes("a certificate to be signed"));
  // P11NG gives a buffer of exactly this size and splits the result in the middle.
  for (int i = 0; i < 16; ++i) {
    const auto signature = token.sign({CKM_ECDSA, nullptr, 0}, pair.private_key, hash);
    REQUIRE(signature.rv == CKR_OK);
    REQUIRE(signature.bytes.size() == 2 * 48);
    CHECK(ecdsa_verifies(public_key, hash, signature.bytes, nullptr));
  }
  CHECK(destroy(token, pair.private_key) == CKR_OK);
  CHECK(destroy(token, pair.public_key) == CKR_OK);
}

TEST_CASE("P11NG makes an Ed25519 key and signs with it") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  const std::string alias = unique_id("ed");
  auto wanted = public_template(alias, true);
  wanted.bytes(CKA_EC_PARAMS, *from_hex("06032b6570"));
  const KeyPair pair = generate(token, CKM_EC_EDWARDS_KEY_PAIR_GEN, wanted, private_template(alias, true));
  const ByteView tbs = as_bytes("a certificate to be signed");
  const auto signature = token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, tbs);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(eddsa_verifies(public_key_of(token, pair.public_key), tbs, signature.bytes));
  CHECK(destroy(token, pair.private_key) == CKR_OK);
}

TEST_CASE("A key that P11NG makes for one purpose serves no other") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  const KeyPair signing = generate_rsa(token, unique_id("signing"), Usage::kSign);
  const KeyPair decrypting = generate_rsa(token, unique_id("decrypting"), Usage::kDecrypt);
  CHECK(token.flag(signing.private_key, CKA_SIGN));
  CHECK_FALSE(token.flag(signing.private_key, CKA_DECRYPT));
  CHECK_FALSE(token.flag(decrypting.private_key, CKA_SIGN));
  CHECK(token.sign_init(CKM_SHA256_RSA_PKCS, decrypting.private_key) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  const Bytes secret =
      rsa_encrypt(public_key_of(token, decrypting.public_key), as_bytes("key recovery"), RsaPadding::kPkcs1);
  const auto plain = token.decrypt({CKM_RSA_PKCS, nullptr, 0}, decrypting.private_key, secret);
  CHECK(plain.rv == CKR_OK);
  CHECK(plain.bytes == to_bytes("key recovery"));
  CHECK(token.decrypt({CKM_RSA_PKCS, nullptr, 0}, signing.private_key, secret).rv ==
        CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(destroy(token, signing.private_key) == CKR_OK);
  CHECK(destroy(token, decrypting.private_key) == CKR_OK);
}

TEST_CASE("No handle is used again, as P11NG remembers the length of signatures by it") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  std::set<CK_OBJECT_HANDLE> seen;
  const std::string alias = unique_id("again");
  for (int i = 0; i < 3; ++i) {
    const KeyPair pair = generate_rsa(token, alias);
    CHECK(seen.insert(pair.private_key).second);
    CHECK(seen.insert(pair.public_key).second);
    CHECK(destroy(token, pair.private_key) == CKR_OK);
  }
}

TEST_CASE("P11NG deactivates a token by closing all its sessions, and activates it anew") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  const std::string alias = unique_id("ca");
  generate_rsa(token, alias);
  REQUIRE(token.module->C_CloseAllSessions(0) == CKR_OK);
  must(token.module->C_OpenSession(0, kReadWrite, nullptr, nullptr, &token.session), "C_OpenSession");
  CK_SESSION_INFO info;
  REQUIRE(token.module->C_GetSessionInfo(token.session, &info) == CKR_OK);
  CHECK(info.state == CKS_RW_PUBLIC_SESSION);
  activate(token);
  const auto found = private_key_of(token, alias);
  REQUIRE(found.size() == 1);
  CHECK(token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, found[0], as_bytes("data")).rv == CKR_OK);
  CHECK(destroy(token, found[0]) == CKR_OK);
}

TEST_CASE("EJBCA over SunPKCS11 makes a key without a name, signs, names it and stores a certificate") {
  const ConfigFile config({activated_slot()});
  TokenSession token;
  activate(token);
  Attributes public_part;
  public_part.flag(CKA_TOKEN, false).flag(CKA_ENCRYPT, true).flag(CKA_VERIFY, true).flag(CKA_WRAP, true);
  public_part.number(CKA_MODULUS_BITS, 2048).bytes(CKA_PUBLIC_EXPONENT, Bytes{1, 0, 1});
  Attributes private_part;
  private_part.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SENSITIVE, true);
  private_part.flag(CKA_EXTRACTABLE, false)
      .flag(CKA_DECRYPT, true)
      .flag(CKA_SIGN, true)
      .flag(CKA_UNWRAP, true);
  const KeyPair pair = generate(token, CKM_RSA_PKCS_KEY_PAIR_GEN, public_part, private_part);
  const EvpKey public_key = public_key_of(token, pair.public_key);
  const ByteView tbs = as_bytes("a certificate to be signed");
  const auto signature = token.sign_in_parts({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, tbs, 16);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(rsa_verifies(public_key, tbs, signature.bytes, {"SHA256", false, nullptr}));

  const std::string alias = unique_id("signKey");
  Attributes name;
  name.text(CKA_ID, alias);
  REQUIRE(token.module->C_SetAttributeValue(token.session, pair.private_key, name.data(), name.size()) ==
          CKR_OK);
  const Bytes der = certificate_over(public_key, alias);
  Attributes wanted;
  wanted.flag(CKA_TOKEN, true).number(CKA_CLASS, CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509);
  // Java sends the serial number as a bare integer; what the certificate says counts.
  wanted.bytes(CKA_SERIAL_NUMBER, Bytes{0x12, 0x67}).bytes(CKA_VALUE, der);
  wanted.text(CKA_LABEL, alias).text(CKA_ID, alias);
  CK_OBJECT_HANDLE certificate = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &certificate) == CKR_OK);
  CHECK(token.attribute(certificate, CKA_ID) == to_bytes(alias));
  CHECK(token.attribute(certificate, CKA_LABEL) == to_bytes(alias));
  CHECK(token.attribute(certificate, CKA_SERIAL_NUMBER) == *from_hex("02021267"));

  // The garbage collector takes the public half; the entry stays.
  CHECK(destroy(token, pair.public_key) == CKR_OK);
  Attributes entry;
  entry.flag(CKA_TOKEN, true).text(CKA_ID, alias).number(CKA_CLASS, CKO_PRIVATE_KEY);
  CHECK(token.find(entry) == std::vector{pair.private_key});
  CHECK(token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, tbs).rv == CKR_OK);
  CHECK(destroy(token, certificate) == CKR_OK);
  CHECK(destroy(token, pair.private_key) == CKR_OK);
}
