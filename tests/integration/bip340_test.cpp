// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"
#include "pkcs11/nethsm.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_MECHANISM kBip340{CKM_NETHSM_BIP340, nullptr, 0};
const Curve& secp256k1() { return kCurves[3]; }

Attributes allowed(CK_MECHANISM_TYPE mechanism) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&mechanism);
  return Attributes().bytes(CKA_ALLOWED_MECHANISMS, ByteView(bytes, sizeof mechanism));
}

std::vector<CK_MECHANISM_TYPE> mechanisms(TokenSession& token) {
  CK_ULONG count = 0;
  must(token.module->C_GetMechanismList(0, nullptr, &count), "C_GetMechanismList");
  std::vector<CK_MECHANISM_TYPE> list(count);
  must(token.module->C_GetMechanismList(0, list.data(), &count), "C_GetMechanismList");
  return list;
}

}  // namespace

TEST_CASE("Where it is enabled, BIP-340 signs and verifies messages of any length") {
  SlotOptions slot = device_slot();
  slot.more = "    enable_bip340: true\n";
  const ConfigFile config({slot});
  TokenSession token;
  const auto pair = token.generate_pair(CKM_EC_KEY_PAIR_GEN, unique_id("bip340"),
                                        Attributes().bytes(CKA_EC_PARAMS, ec_params(secp256k1())),
                                        allowed(CKM_NETHSM_BIP340));
  CHECK(std::ranges::count(mechanisms(token), CKM_NETHSM_BIP340) == 1);
  CHECK(token.number(pair.private_key, CKA_KEY_TYPE) == CKK_EC);
  for (const std::size_t size : {0U, 32U, 1000U}) {
    const Bytes message(size, 0x42);
    const auto made = token.sign(kBip340, pair.private_key, message);
    REQUIRE(made.rv == CKR_OK);
    CHECK(made.bytes.size() == 64);
    CHECK(token.verify(kBip340, pair.public_key, message, made.bytes) == CKR_OK);
    CHECK(token.verify(kBip340, pair.public_key, Bytes(size + 1, 0x42), made.bytes) == CKR_SIGNATURE_INVALID);
  }
  CHECK(token.sign({CKM_ECDSA, nullptr, 0}, pair.private_key, Bytes(32)).rv == CKR_MECHANISM_INVALID);
  const auto other = token.generate_ec(unique_id("bip340"), ec_params(secp256k1()));
  CHECK(token.sign(kBip340, other.private_key, Bytes(32)).rv == CKR_MECHANISM_INVALID);
}

TEST_CASE("Where it is not enabled, there is no BIP-340") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CHECK(std::ranges::count(mechanisms(token), CKM_NETHSM_BIP340) == 0);
  CK_MECHANISM_INFO info{};
  CHECK(token.module->C_GetMechanismInfo(0, CKM_NETHSM_BIP340, &info) == CKR_MECHANISM_INVALID);
  const auto pair = token.generate_ec(unique_id("bip340"), ec_params(secp256k1()));
  CHECK(token.sign(kBip340, pair.private_key, Bytes(32)).rv == CKR_MECHANISM_INVALID);
  CHECK(token.verify(kBip340, pair.public_key, Bytes(32), Bytes(64)) == CKR_MECHANISM_INVALID);

  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  Attributes public_part = Attributes().bytes(CKA_EC_PARAMS, ec_params(secp256k1()));
  Attributes private_part = allowed(CKM_NETHSM_BIP340);
  private_part.flag(CKA_TOKEN, true);
  CK_OBJECT_HANDLE public_key = 0, private_key = 0;
  CHECK(token.module->C_GenerateKeyPair(token.session, &mechanism, public_part.data(), public_part.size(),
                                        private_part.data(), private_part.size(), &public_key,
                                        &private_key) == CKR_TEMPLATE_INCONSISTENT);
}
