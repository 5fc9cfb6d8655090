// SPDX-License-Identifier: Apache-2.0
// The calls of cascade-hsm-bridge (kmip2pkcs11), through which Cascade and dnst have keys made and zones
// signed: docs/integrations/cascade.md.
#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr std::size_t kIdLength = 20;
constexpr CK_FLAGS kReadWrite = CKF_SERIAL_SESSION | CKF_RW_SESSION;

// dnst's first labels: as many random bytes as a label may have, in hex, so that they are too long by half.
std::string first_label(char digit) { return std::string(64, digit); }

Bytes random_id(TokenSession& token) {
  Bytes id(kIdLength);
  must(token.module->C_GenerateRandom(token.session, id.data(), id.size()), "C_GenerateRandom");
  return id;
}

struct Pair {
  Bytes id;
  CK_OBJECT_HANDLE public_key, private_key;
};

// KMIP_CreateKeyPair.
Pair create_key_pair(TokenSession& token, CK_MECHANISM_TYPE type, Attributes public_part) {
  Pair pair{random_id(token), CK_INVALID_HANDLE, CK_INVALID_HANDLE};
  REQUIRE(token.find(Attributes().bytes(CKA_ID, pair.id)).empty());
  const CK_ULONG key_type = type == CKM_EC_KEY_PAIR_GEN ? CKK_EC : CKK_RSA;
  public_part.number(CKA_CLASS, CKO_PUBLIC_KEY).bytes(CKA_ID, pair.id).flag(CKA_VERIFY, true);
  public_part.flag(CKA_ENCRYPT, false).flag(CKA_WRAP, false).flag(CKA_TOKEN, true);
  public_part.number(CKA_KEY_TYPE, key_type).text(CKA_LABEL, first_label('A'));
  Attributes private_part;
  private_part.number(CKA_CLASS, CKO_PRIVATE_KEY).bytes(CKA_ID, pair.id).flag(CKA_SIGN, true);
  private_part.flag(CKA_DECRYPT, false).flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true);
  private_part.flag(CKA_SENSITIVE, true).number(CKA_KEY_TYPE, key_type).text(CKA_LABEL, first_label('B'));
  CK_MECHANISM mechanism{type, nullptr, 0};
  REQUIRE(token.module->C_GenerateKeyPair(token.session, &mechanism, public_part.data(), public_part.size(),
                                          private_part.data(), private_part.size(), &pair.public_key,
                                          &pair.private_key) == CKR_OK);
  return pair;
}

Pair create_p256(TokenSession& token) {
  return create_key_pair(token, CKM_EC_KEY_PAIR_GEN,
                         Attributes().bytes(CKA_EC_PARAMS, ec_params(kCurves[0])));
}

Pair create_rsa(TokenSession& token, CK_ULONG bits) {
  Attributes more;
  more.bytes(CKA_PUBLIC_EXPONENT, Bytes{1, 0, 1}).number(CKA_MODULUS_BITS, bits);
  return create_key_pair(token, CKM_RSA_PKCS_KEY_PAIR_GEN, more);
}

// rust-cryptoki's way to read attributes: all in one call, with buffers for those of a known size and none
// for the others; then those that exist in a second call. Whatever an entry lacks must not spoil the others.
std::map<CK_ATTRIBUTE_TYPE, Bytes> get_attributes(TokenSession& token, CK_OBJECT_HANDLE object) {
  constexpr CK_ATTRIBUTE_TYPE kWanted[] = {
      CKA_CLASS,    CKA_MODULUS,  CKA_MODULUS_BITS,     CKA_PUBLIC_EXPONENT,
      CKA_KEY_TYPE, CKA_EC_POINT, CKA_KEY_GEN_MECHANISM};
  std::map<CK_ATTRIBUTE_TYPE, Bytes> values;
  std::vector<CK_ATTRIBUTE> entries;
  for (const CK_ATTRIBUTE_TYPE type : kWanted) {
    const bool is_number = type != CKA_MODULUS && type != CKA_PUBLIC_EXPONENT && type != CKA_EC_POINT;
    Bytes& value = values[type] = Bytes(is_number ? sizeof(CK_ULONG) : 0);
    entries.push_back({type, is_number ? value.data() : nullptr, value.size()});
  }
  const CK_RV first =
      token.module->C_GetAttributeValue(token.session, object, entries.data(), entries.size());
  CHECK((first == CKR_OK || first == CKR_ATTRIBUTE_TYPE_INVALID));
  std::erase_if(entries, [&](const CK_ATTRIBUTE& entry) {
    if (entry.ulValueLen != CK_UNAVAILABLE_INFORMATION) return false;
    values.erase(entry.type);
    return true;
  });
  for (CK_ATTRIBUTE& entry : entries) {
    Bytes& value = values[entry.type];
    value.resize(entry.ulValueLen);
    entry.pValue = value.data();
  }
  REQUIRE(token.module->C_GetAttributeValue(token.session, object, entries.data(), entries.size()) == CKR_OK);
  return values;
}

CK_ULONG as_number(const Bytes& value) {
  CK_ULONG number = 0;
  REQUIRE(value.size() == sizeof number);
  std::copy_n(value.data(), sizeof number, reinterpret_cast<CK_BYTE*>(&number));
  return number;
}

// KMIP_ModifyAttribute(Name).
CK_RV rename(TokenSession& token, CK_OBJECT_HANDLE key, std::string_view label) {
  Attributes change;
  change.text(CKA_LABEL, label);
  return token.module->C_SetAttributeValue(token.session, key, change.data(), change.size());
}

// KMIP_Sign: a question for the length, then the signature.
Filled sign(TokenSession& token, CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key,
            ByteView data) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  CK_RV rv = token.module->C_SignInit(session, &mechanism, key);
  CK_ULONG length = 0;
  if (rv == CKR_OK) rv = token.module->C_Sign(session, in(data), data.size(), nullptr, &length);
  Filled signature{rv, Bytes(length)};
  if (rv == CKR_OK) {
    signature.rv = token.module->C_Sign(session, in(data), data.size(), signature.bytes.data(), &length);
    signature.bytes.resize(length);
  }
  return signature;
}

std::vector<CK_OBJECT_HANDLE> find(TokenSession& token, ByteView id, CK_OBJECT_CLASS object_class) {
  return token.find(Attributes().bytes(CKA_ID, id).number(CKA_CLASS, object_class));
}

std::size_t requests_of(simulator::Simulator& simulator, const char* method, const char* part) {
  const auto requests = simulator.requests();
  return static_cast<std::size_t>(std::ranges::count_if(requests, [&](const auto& request) {
    return request.method == method && request.path.find(part) != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("Cascade's bridge finds its slot, needs no login, and may open as many sessions as it likes") {
  simulator::Simulator simulator(demo(3));
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  CK_ULONG count = 0;
  REQUIRE(token.module->C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_OK);
  CHECK(count == 1);
  CK_TOKEN_INFO info;
  REQUIRE(token.module->C_GetTokenInfo(0, &info) == CKR_OK);
  CHECK(std::string(reinterpret_cast<const char*>(info.label), 11) == "integration");
  CHECK((info.ulMaxRwSessionCount == CK_EFFECTIVELY_INFINITE ||
         info.ulMaxRwSessionCount == CK_UNAVAILABLE_INFORMATION));
  CK_SESSION_INFO session;
  REQUIRE(token.module->C_GetSessionInfo(token.session, &session) == CKR_OK);
  CHECK(session.state == CKS_RW_USER_FUNCTIONS);
}

TEST_CASE("Without a password in the configuration, Cascade's is the operator's") {
  simulator::Simulator simulator(demo());
  SlotOptions slot = slot_of(simulator);
  slot.operator_passphrase.reset();
  const ConfigFile config({slot});
  TokenSession token;
  CK_SESSION_INFO session;
  REQUIRE(token.module->C_GetSessionInfo(token.session, &session) == CKR_OK);
  CHECK(session.state == CKS_RW_PUBLIC_SESSION);
  CHECK(token.module->C_Login(token.session, CKU_USER, pin("123456"), 6) == CKR_PIN_INCORRECT);
  REQUIRE(token.module->C_Login(token.session, CKU_USER, pin(kOperatorPassphrase),
                                kOperatorPassphrase.size()) == CKR_OK);
  REQUIRE(token.module->C_GetSessionInfo(token.session, &session) == CKR_OK);
  CHECK(session.state == CKS_RW_USER_FUNCTIONS);
  const Pair pair = create_p256(token);
  CHECK(sign(token, token.session, CKM_ECDSA, pair.private_key, Bytes(32, 7)).rv == CKR_OK);
}

TEST_CASE("Cascade makes a P-256 key, reads its public half and signs with it, in few requests") {
  simulator::Simulator simulator(demo(3));
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const Pair warm_up = create_p256(token);
  simulator.clear_requests();
  const Pair pair = create_p256(token);
  CHECK(requests_of(simulator, "POST", "/keys/generate") == 1);
  // The 20 random bytes, the search for them, the look whether the id is free, the key, its public half.
  CHECK(simulator.requests().size() == 5);

  simulator.clear_requests();
  REQUIRE(find(token, pair.id, CKO_PUBLIC_KEY) == std::vector{pair.public_key});
  REQUIRE(find(token, pair.id, CKO_PRIVATE_KEY) == std::vector{pair.private_key});
  CHECK(simulator.requests().size() == 2);  // the bridge remembers the handles
  auto values = get_attributes(token, pair.public_key);
  CHECK(as_number(values.at(CKA_CLASS)) == CKO_PUBLIC_KEY);
  CHECK(as_number(values.at(CKA_KEY_TYPE)) == CKK_EC);
  CHECK(as_number(values.at(CKA_KEY_GEN_MECHANISM)) == CKM_EC_KEY_PAIR_GEN);
  REQUIRE(values.at(CKA_EC_POINT).size() == 67);
  CHECK(values.at(CKA_EC_POINT)[0] == 0x04);  // an OCTET STRING
  CHECK(values.count(CKA_MODULUS) == 0);

  const Bytes digest(32, 7);
  const auto signature = sign(token, token.session, CKM_ECDSA, pair.private_key, digest);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(signature.bytes.size() == 64);
  CHECK(ecdsa_verifies(public_key_of(token, pair.public_key), digest, signature.bytes, nullptr));
  CHECK(simulator.requests().size() == 3);
}

TEST_CASE("Cascade makes RSA keys and signs a DigestInfo") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const CK_ULONG bits = GENERATE(CK_ULONG{1024}, CK_ULONG{2048});
  const Pair pair = create_rsa(token, bits);
  auto values = get_attributes(token, pair.public_key);
  CHECK(as_number(values.at(CKA_KEY_TYPE)) == CKK_RSA);
  CHECK(as_number(values.at(CKA_MODULUS_BITS)) == bits);
  CHECK(values.at(CKA_MODULUS).size() == bits / 8);
  CHECK(values.at(CKA_PUBLIC_EXPONENT) == Bytes{1, 0, 1});
  CHECK(as_number(values.at(CKA_KEY_GEN_MECHANISM)) == CKM_RSA_PKCS_KEY_PAIR_GEN);
  Bytes digest_info = *from_hex("3031300d060960864801650304020105000420");
  const Bytes hash = digest("SHA256", as_bytes("an RRset"));
  digest_info.insert(digest_info.end(), hash.begin(), hash.end());
  const auto signature = sign(token, token.session, CKM_RSA_PKCS, pair.private_key, digest_info);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(signature.bytes.size() == bits / 8);
  CHECK(rsa_verifies(public_key_of(token, pair.public_key), as_bytes("an RRset"), signature.bytes,
                     {"SHA256", false, nullptr}));
}

TEST_CASE("A key that another process made has no generation mechanism, and the rest of it can be read") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  Bytes id;
  {
    TokenSession token;
    id = create_p256(token).id;
  }
  TokenSession token;
  const auto keys = find(token, id, CKO_PUBLIC_KEY);
  REQUIRE(keys.size() == 1);
  auto values = get_attributes(token, keys[0]);
  // rust-cryptoki takes the value for "unavailable" for a broken answer.
  if (values.count(CKA_KEY_GEN_MECHANISM) != 0) {
    CHECK(as_number(values.at(CKA_KEY_GEN_MECHANISM)) != CK_UNAVAILABLE_INFORMATION);
  }
  CHECK(values.at(CKA_EC_POINT).size() == 67);
}

TEST_CASE("The label that Cascade gives a key last is in the NetHSM, with the zone's name") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  Bytes id;
  const std::string label = "example.net-31203-ksk";
  {
    TokenSession token;
    const Pair pair = create_p256(token);
    id = pair.id;
    // The provisional one does not fit, but is known here.
    CHECK(token.attribute(pair.private_key, CKA_LABEL) == to_bytes(first_label('B')));
    CHECK(token.find(Attributes().text(CKA_LABEL, first_label('B'))).size() == 2);
    simulator.clear_requests();
    REQUIRE(rename(token, pair.public_key, label + "-pub") == CKR_OK);
    REQUIRE(rename(token, pair.private_key, label + "-pri") == CKR_OK);
    CHECK(requests_of(simulator, "PUT", "/label") == 2);
    CHECK(token.attribute(pair.private_key, CKA_LABEL) == to_bytes(label + "-pri"));
    // 33 bytes: dnst has room for 32 and shortens the zone's name itself.
    CHECK(rename(token, pair.private_key, std::string(33, 'x')) == CKR_ATTRIBUTE_VALUE_INVALID);
  }
  TokenSession token;
  const auto keys = token.find(Attributes().text(CKA_LABEL, label + "-pri"));
  REQUIRE(!keys.empty());
  for (const CK_OBJECT_HANDLE key : keys) CHECK(token.attribute(key, CKA_ID) == id);
}

TEST_CASE("On a NetHSM without labels a key of Cascade's is made and used all the same") {
  simulator::Options options = demo();
  options.profile = simulator::Profile::kV4_0;
  simulator::Simulator simulator(options);
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const Pair pair = create_p256(token);
  // dnst then no longer tries to rename keys.
  CHECK(rename(token, pair.public_key, "example.net-31203-ksk-pub") == CKR_ATTRIBUTE_READ_ONLY);
  CHECK(sign(token, token.session, CKM_ECDSA, pair.private_key, Bytes(32, 7)).rv == CKR_OK);
}

TEST_CASE("Eight sessions sign at once, with handles that a refresh does not change") {
  simulator::Simulator simulator(demo(3));
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const Pair pair = create_p256(token);
  const EvpKey public_key = public_key_of(token, pair.public_key);
  constexpr int kThreads = 8, kSignatures = 16;
  simulator.clear_requests();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
      if (token.module->C_OpenSession(0, kReadWrite, nullptr, nullptr, &session) != CKR_OK) return;
      for (int n = 0; n < kSignatures; ++n) {
        CK_SESSION_INFO info;
        const bool valid = token.module->C_GetSessionInfo(session, &info) == CKR_OK;
        const Bytes digest(32, static_cast<CK_BYTE>(i * kSignatures + n));
        const auto signature = sign(token, session, CKM_ECDSA, pair.private_key, digest);
        good +=
            valid && signature.rv == CKR_OK && ecdsa_verifies(public_key, digest, signature.bytes, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == kThreads * kSignatures);
  CHECK(simulator.requests().size() == kThreads * kSignatures);
  for (int i = 0; i < 3; ++i) token.find();  // lists all keys anew
  CHECK(find(token, pair.id, CKO_PRIVATE_KEY) == std::vector{pair.private_key});
  CHECK(sign(token, token.session, CKM_ECDSA, pair.private_key, Bytes(32, 7)).rv == CKR_OK);
}
