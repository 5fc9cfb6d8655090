// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr CK_SLOT_ID kNoSlot = 88888;

template <std::size_t N>
std::string trimmed(const CK_UTF8CHAR (&field)[N]) {
  std::string value(field, field + N);
  value.erase(value.find_last_not_of(' ') + 1);
  return value;
}

}  // namespace

TEST_CASE("Slots are counted, listed, and too short lists are refused with the count") {
  const ConfigFile config({device_slot(), device_slot()});
  TokenSession token;
  const CK_BBOOL with_token = GENERATE(CK_BBOOL{CK_FALSE}, CK_BBOOL{CK_TRUE});
  CK_ULONG count = 0;
  REQUIRE(token.module->C_GetSlotList(with_token, nullptr, &count) == CKR_OK);
  CHECK(count == 2);

  std::vector<CK_SLOT_ID> slots(5, kNoSlot);
  count = slots.size();
  REQUIRE(token.module->C_GetSlotList(with_token, slots.data(), &count) == CKR_OK);
  CHECK(count == 2);
  CHECK(slots == std::vector<CK_SLOT_ID>{0, 1, kNoSlot, kNoSlot, kNoSlot});

  count = 1;
  CHECK(token.module->C_GetSlotList(with_token, slots.data(), &count) == CKR_BUFFER_TOO_SMALL);
  CHECK(count == 2);
  CHECK(token.module->C_GetSlotList(with_token, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("A slot with a reachable cluster has its token present") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_SLOT_INFO info;
  REQUIRE(token.module->C_GetSlotInfo(0, &info) == CKR_OK);
  CHECK((info.flags & CKF_TOKEN_PRESENT) != 0);
  CHECK((info.flags & CKF_REMOVABLE_DEVICE) == 0);
  CHECK_FALSE(trimmed(info.slotDescription).empty());
  CHECK(token.module->C_GetSlotInfo(kNoSlot, &info) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_GetSlotInfo(0, nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("The token shows the label of the configuration and counts its sessions") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_SESSION_HANDLE read_only = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &read_only) == CKR_OK);

  CK_TOKEN_INFO info;
  REQUIRE(token.module->C_GetTokenInfo(0, &info) == CKR_OK);
  CHECK(trimmed(info.label) == "integration");
  CHECK(info.ulSessionCount == 2);
  CHECK(info.ulRwSessionCount == 1);
  CHECK((info.flags & CKF_TOKEN_INITIALIZED) != 0);
  CHECK((info.flags & CKF_RNG) != 0);
  CHECK((info.flags & CKF_DUAL_CRYPTO_OPERATIONS) != 0);
  CHECK((info.flags & (CKF_CLOCK_ON_TOKEN | CKF_PROTECTED_AUTHENTICATION_PATH)) == 0);
  CHECK(info.ulMinPinLen == 10);
  CHECK(info.ulMaxPinLen == 200);
  CHECK((info.flags & CKF_LOGIN_REQUIRED) == 0);
  CHECK((info.flags & CKF_WRITE_PROTECTED) == 0);
  CHECK(token.module->C_GetTokenInfo(kNoSlot, &info) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_GetTokenInfo(0, nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("Every mechanism of the list has its information") {
  const ConfigFile config({device_slot()});
  TokenSession token;
  CK_ULONG count = 0;
  REQUIRE(token.module->C_GetMechanismList(0, nullptr, &count) == CKR_OK);
  REQUIRE(count > 0);
  std::vector<CK_MECHANISM_TYPE> mechanisms(count);
  REQUIRE(token.module->C_GetMechanismList(0, mechanisms.data(), &count) == CKR_OK);
  for (const CK_MECHANISM_TYPE mechanism : mechanisms) {
    CAPTURE(mechanism);
    CK_MECHANISM_INFO info;
    REQUIRE(token.module->C_GetMechanismInfo(0, mechanism, &info) == CKR_OK);
    CHECK(info.ulMinKeySize <= info.ulMaxKeySize);
    CHECK(info.flags != 0);
  }

  CK_ULONG too_few = count - 1;
  CHECK(token.module->C_GetMechanismList(0, mechanisms.data(), &too_few) == CKR_BUFFER_TOO_SMALL);
  CHECK(too_few == count);
  CHECK(token.module->C_GetMechanismList(0, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_GetMechanismList(kNoSlot, nullptr, &count) == CKR_SLOT_ID_INVALID);
  CK_MECHANISM_INFO info;
  CHECK(token.module->C_GetMechanismInfo(0, CKM_VENDOR_DEFINED | 1, &info) == CKR_MECHANISM_INVALID);
  CHECK(token.module->C_GetMechanismInfo(kNoSlot, CKM_RSA_PKCS, &info) == CKR_SLOT_ID_INVALID);
  CHECK(token.module->C_GetMechanismInfo(0, CKM_RSA_PKCS, nullptr) == CKR_ARGUMENTS_BAD);
}
