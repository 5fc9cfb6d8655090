// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

const Bytes kIv = to_bytes("an IV of 16 byte");

enum class Direction { kEncrypt, kDecrypt };

// A secret key whose value the test knows: imported.
CK_OBJECT_HANDLE import_aes(TokenSession& token, ByteView value) {
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).flag(CKA_TOKEN, true);
  wanted.text(CKA_ID, unique_id("aes")).bytes(CKA_VALUE, value);
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  must(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &key), "C_CreateObject");
  return key;
}

// One direction with the functions of the other side hidden.
struct Cipher {
  TokenSession& token;
  Direction direction;

  CK_RV init(CK_OBJECT_HANDLE key, ByteView iv = kIv) const {
    CK_MECHANISM mechanism{CKM_AES_CBC, in(iv), iv.size()};
    return encrypts() ? token.module->C_EncryptInit(token.session, &mechanism, key)
                      : token.module->C_DecryptInit(token.session, &mechanism, key);
  }
  CK_RV one_shot(ByteView data, CK_BYTE* out, CK_ULONG* length) const {
    return encrypts() ? token.module->C_Encrypt(token.session, in(data), data.size(), out, length)
                      : token.module->C_Decrypt(token.session, in(data), data.size(), out, length);
  }
  CK_RV update(ByteView data, CK_BYTE* out, CK_ULONG* length) const {
    return encrypts() ? token.module->C_EncryptUpdate(token.session, in(data), data.size(), out, length)
                      : token.module->C_DecryptUpdate(token.session, in(data), data.size(), out, length);
  }
  CK_RV final(CK_BYTE* out, CK_ULONG* length) const {
    return encrypts() ? token.module->C_EncryptFinal(token.session, out, length)
                      : token.module->C_DecryptFinal(token.session, out, length);
  }
  bool encrypts() const { return direction == Direction::kEncrypt; }
};

std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i % 23));
  return text;
}

}  // namespace

TEST_CASE("AES-CBC gives what OpenSSL gives, with every key length, in both directions") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, GENERATE(Direction::kEncrypt, Direction::kDecrypt)};
  const Bytes value(GENERATE(std::size_t{16}, std::size_t{24}, std::size_t{32}), 'k');
  const auto key = import_aes(token, value);
  const std::string data = text_of(GENERATE(std::size_t{0}, std::size_t{16}, std::size_t{4096}));

  REQUIRE(cipher.init(key) == CKR_OK);
  CK_ULONG length = 12345;
  REQUIRE(cipher.one_shot(as_bytes(data), nullptr, &length) == CKR_OK);
  CHECK(length == data.size());
  Bytes out(data.size() + 1, 0xa5);
  if (!data.empty()) {
    length = data.size() - 1;
    CHECK(cipher.one_shot(as_bytes(data), out.data(), &length) == CKR_BUFFER_TOO_SMALL);
    CHECK(out == Bytes(out.size(), 0xa5));
  }
  length = out.size();
  REQUIRE(cipher.one_shot(as_bytes(data), out.data(), &length) == CKR_OK);
  out.resize(length);
  CHECK(out == aes_cbc(value, kIv, as_bytes(data), cipher.encrypts()));
  token.destroy(key);
}

TEST_CASE("AES-CBC in parts gives the same, each full block at once") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, GENERATE(Direction::kEncrypt, Direction::kDecrypt)};
  const Bytes value(32, 'k');
  const auto key = import_aes(token, value);
  const std::string data = text_of(320);
  const std::size_t part =
      GENERATE(std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17}, std::size_t{100});

  REQUIRE(cipher.init(key) == CKR_OK);
  Bytes result;
  for (std::size_t taken = 0; taken < data.size();) {
    const ByteView next = as_bytes(data).subspan(taken, std::min(part, data.size() - taken));
    Bytes out(128);
    CK_ULONG length = out.size();
    REQUIRE(cipher.update(next, out.data(), &length) == CKR_OK);
    taken += next.size();
    result.insert(result.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(result.size() == taken / 16 * 16);
  }
  CK_ULONG length = 0;
  CHECK(cipher.final(nullptr, &length) == CKR_OK);
  CHECK(length == 0);
  CK_BYTE none = 0;
  CHECK(cipher.final(&none, &length) == CKR_OK);
  CHECK(result == aes_cbc(value, kIv, as_bytes(data), cipher.encrypts()));
  token.destroy(key);
}

TEST_CASE("AES-CBC may work in place") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, Direction::kEncrypt};
  const Bytes value(16, 'k');
  const auto key = import_aes(token, value);
  Bytes data = to_bytes(text_of(64));
  const Bytes expected = aes_cbc(value, kIv, data, true);
  CK_ULONG length = data.size();
  REQUIRE(cipher.init(key) == CKR_OK);
  REQUIRE(cipher.one_shot(data, data.data(), &length) == CKR_OK);
  CHECK(data == expected);
  token.destroy(key);
}

TEST_CASE("AES-CBC takes whole blocks only") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, GENERATE(Direction::kEncrypt, Direction::kDecrypt)};
  const CK_RV expected = cipher.encrypts() ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
  const auto key = token.generate_aes(unique_id("blocks"));
  Bytes out(64);
  CK_ULONG length = out.size();
  REQUIRE(cipher.init(key) == CKR_OK);
  CHECK(cipher.one_shot(Bytes(17), out.data(), &length) == expected);

  REQUIRE(cipher.init(key) == CKR_OK);
  length = out.size();
  REQUIRE(cipher.update(Bytes(17), out.data(), &length) == CKR_OK);
  CHECK(length == 16);
  length = out.size();
  CHECK(cipher.final(out.data(), &length) == expected);

  REQUIRE(cipher.init(key) == CKR_OK);
  length = out.size();
  CHECK(cipher.final(out.data(), &length) == CKR_OK);
  CHECK(length == 0);
}

TEST_CASE("One-shot and multi-part calls do not mix") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, GENERATE(Direction::kEncrypt, Direction::kDecrypt)};
  const auto key = token.generate_aes(unique_id("mix"));
  Bytes out(64);
  CK_ULONG length = out.size();
  REQUIRE(cipher.init(key) == CKR_OK);
  REQUIRE(cipher.update(Bytes(16), out.data(), &length) == CKR_OK);
  length = out.size();
  CHECK(cipher.one_shot(Bytes(16), out.data(), &length) == CKR_OPERATION_ACTIVE);

  REQUIRE(cipher.init(key) == CKR_OK);
  REQUIRE(cipher.one_shot(Bytes(16), nullptr, &length) == CKR_OK);
  CHECK(cipher.update(Bytes(16), out.data(), &length) == CKR_OPERATION_ACTIVE);
  CHECK(cipher.init(key) == CKR_OK);
}

TEST_CASE("AES-CBC-PAD gives what OpenSSL gives, in one piece and in parts, and takes it back") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Bytes value(32, 'k');
  const auto key = import_aes(token, value);
  const std::string data = text_of(GENERATE(0UL, 1UL, 15UL, 16UL, 17UL, 4096UL));
  CAPTURE(data.size());
  const CK_MECHANISM pad{CKM_AES_CBC_PAD, in(kIv), kIv.size()};
  const Bytes expected = aes_cbc_pad(value, kIv, as_bytes(data));
  CHECK(token.encrypt(pad, key, as_bytes(data)).bytes == expected);
  const auto plain = token.decrypt(pad, key, expected);
  CHECK(plain.rv == CKR_OK);
  CHECK(as_text(plain.bytes) == data);

  CK_MECHANISM mechanism = pad;
  Bytes result;
  REQUIRE(token.module->C_DecryptInit(token.session, &mechanism, key) == CKR_OK);
  for (std::size_t at = 0; at < expected.size(); at += 100) {
    const ByteView part = ByteView(expected).subspan(at, std::min<std::size_t>(100, expected.size() - at));
    Bytes out(128);
    CK_ULONG length = out.size();
    REQUIRE(token.module->C_DecryptUpdate(token.session, in(part), part.size(), out.data(), &length) ==
            CKR_OK);
    result.insert(result.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length));
  }
  Bytes last(16);
  CK_ULONG length = last.size();
  REQUIRE(token.module->C_DecryptFinal(token.session, last.data(), &length) == CKR_OK);
  result.insert(result.end(), last.begin(), last.begin() + static_cast<std::ptrdiff_t>(length));
  CHECK(as_text(result) == data);
  token.destroy(key);
}

TEST_CASE("A ciphertext without a valid padding is invalid, one of incomplete blocks too short or too long") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Bytes value(16, 'k');
  const auto key = import_aes(token, value);
  const CK_MECHANISM pad{CKM_AES_CBC_PAD, in(kIv), kIv.size()};
  const Bytes unpadded = aes_cbc(value, kIv, as_bytes("no padding here "), true);
  CHECK(token.decrypt(pad, key, unpadded).rv == CKR_ENCRYPTED_DATA_INVALID);
  CHECK(token.decrypt(pad, key, Bytes(17)).rv == CKR_ENCRYPTED_DATA_LEN_RANGE);
  CHECK(token.decrypt(pad, key, {}).rv == CKR_ENCRYPTED_DATA_LEN_RANGE);
  token.destroy(key);
}

TEST_CASE("CMAC gives what OpenSSL gives, of any length, and verifies") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Bytes value(GENERATE(16UL, 32UL), 'k');
  const auto key = import_aes(token, value);
  const std::string data = text_of(GENERATE(0UL, 16UL, 20UL, 100'003UL));
  CAPTURE(value.size(), data.size());
  const Bytes expected = aes_cmac(value, as_bytes(data));
  CK_MAC_GENERAL_PARAMS size = 8;
  const CK_MECHANISM whole{CKM_AES_CMAC, nullptr, 0};
  const CK_MECHANISM general{CKM_AES_CMAC_GENERAL, &size, sizeof size};
  CHECK(token.sign(whole, key, as_bytes(data)).bytes == expected);
  CHECK(token.sign_in_parts(whole, key, as_bytes(data), 997).bytes == expected);
  CHECK(token.sign(general, key, as_bytes(data)).bytes == Bytes(expected.begin(), expected.begin() + 8));
  CHECK(token.verify(whole, key, as_bytes(data), expected) == CKR_OK);
  CHECK(token.verify_in_parts(whole, key, as_bytes(data), expected, 997) == CKR_OK);
  CHECK(token.verify(general, key, as_bytes(data), ByteView(expected).first(8)) == CKR_OK);
  CHECK(token.verify(whole, key, as_bytes(data), ByteView(expected).first(8)) == CKR_SIGNATURE_LEN_RANGE);
  Bytes forged = expected;
  forged[15] ^= 1;
  CHECK(token.verify(whole, key, as_bytes(data), forged) == CKR_SIGNATURE_INVALID);
  CHECK(token.flag(key, CKA_SIGN));
  CHECK(token.flag(key, CKA_VERIFY));
  size = 17;
  CHECK(token.sign(general, key, as_bytes(data)).rv == CKR_MECHANISM_PARAM_INVALID);
  token.destroy(key);
}

TEST_CASE("AES-CBC checks its parameter, key and arguments") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  const Cipher cipher{token, GENERATE(Direction::kEncrypt, Direction::kDecrypt)};
  const auto key = token.generate_aes(unique_id("checks"));
  const auto ed = token.generate_ed25519(unique_id("checks"));
  CHECK(cipher.init(key, ByteView(kIv).first(15)) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(cipher.init(key, {}) == CKR_MECHANISM_PARAM_INVALID);
  CHECK(cipher.init(999999) == CKR_KEY_HANDLE_INVALID);
  CHECK(cipher.init(ed.private_key) == CKR_KEY_TYPE_INCONSISTENT);

  Bytes out(16);
  CK_ULONG length = out.size();
  REQUIRE(cipher.init(key) == CKR_OK);
  CHECK(cipher.one_shot(Bytes(16), out.data(), nullptr) == CKR_ARGUMENTS_BAD);
  REQUIRE(cipher.init(key) == CKR_OK);
  CHECK(cipher.update(ByteView(static_cast<const std::uint8_t*>(nullptr), 16), out.data(), &length) ==
        CKR_ARGUMENTS_BAD);
  CHECK(cipher.update(Bytes(16), out.data(), &length) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("A generated generic secret is an AES key, and does what its attributes say") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_MECHANISM_INFO info{};
  REQUIRE(token.module->C_GetMechanismInfo(0, CKM_GENERIC_SECRET_KEY_GEN, &info) == CKR_OK);
  const CK_ULONG bytes = GENERATE(CK_ULONG{16}, CK_ULONG{24}, CK_ULONG{32});
  CHECK(8 * bytes >= info.ulMinKeySize);
  CHECK(8 * bytes <= info.ulMaxKeySize);
  CK_MECHANISM generation{CKM_GENERIC_SECRET_KEY_GEN, nullptr, 0};
  Attributes wanted;
  wanted.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_GENERIC_SECRET);
  wanted.number(CKA_VALUE_LEN, bytes);
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_GenerateKey(token.session, &generation, wanted.data(), wanted.size(), &key) ==
          CKR_OK);
  CHECK(token.number(key, CKA_KEY_TYPE) == CKK_AES);
  CHECK(token.number(key, CKA_VALUE_LEN) == bytes);
  CHECK(token.number(key, CKA_KEY_GEN_MECHANISM) == CKM_GENERIC_SECRET_KEY_GEN);
  for (const CK_ATTRIBUTE_TYPE use : {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY}) {
    CHECK(token.flag(key, use));
  }
  const std::string data = text_of(48);
  const CK_MECHANISM cbc{CKM_AES_CBC, in(kIv), kIv.size()};
  const Filled ciphertext = token.encrypt(cbc, key, as_bytes(data));
  REQUIRE(ciphertext.rv == CKR_OK);
  CHECK(token.decrypt(cbc, key, ciphertext.bytes).bytes == to_bytes(data));
  const CK_MECHANISM cmac{CKM_AES_CMAC, nullptr, 0};
  const Filled code = token.sign(cmac, key, as_bytes(data));
  REQUIRE(code.rv == CKR_OK);
  CHECK(token.verify(cmac, key, as_bytes(data), code.bytes) == CKR_OK);
  CHECK(token.module->C_DestroyObject(token.session, key) == CKR_OK);
}
