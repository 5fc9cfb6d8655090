// SPDX-License-Identifier: Apache-2.0
// C_GetInfo, slots and tokens.
#include <algorithm>
#include <cctype>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr CK_FLAGS kSlotFlags = CKF_TOKEN_PRESENT | CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
constexpr CK_FLAGS kTokenFlags = CKF_RNG | CKF_WRITE_PROTECTED | CKF_LOGIN_REQUIRED |
                                 CKF_USER_PIN_INITIALIZED | CKF_RESTORE_KEY_NOT_NEEDED | CKF_CLOCK_ON_TOKEN |
                                 CKF_PROTECTED_AUTHENTICATION_PATH | CKF_DUAL_CRYPTO_OPERATIONS |
                                 CKF_TOKEN_INITIALIZED | CKF_SECONDARY_AUTHENTICATION |
                                 CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED |
                                 CKF_USER_PIN_TO_BE_CHANGED | CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY |
                                 CKF_SO_PIN_LOCKED | CKF_SO_PIN_TO_BE_CHANGED | CKF_ERROR_STATE;

// Blank padded, no control characters, not zero-terminated.
template <std::size_t n>
bool is_text(const CK_UTF8CHAR (&field)[n]) {
  return std::ranges::all_of(field, [](CK_UTF8CHAR byte) { return byte >= ' ' && byte != 0x7f; });
}

std::vector<CK_SLOT_ID> slots(Provider& p, CK_BBOOL token_present) {
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetSlotList(token_present, nullptr, &count), CKR_OK);
  std::vector<CK_SLOT_ID> list(count);
  EXPECT(p.c.C_GetSlotList(token_present, list.data(), &count), CKR_OK);
  EXPECT_THAT(count == list.size());
  return list;
}

// utcTime: YYYYMMDDhhmmss00, where the token has a clock.
bool has_valid_time(const CK_TOKEN_INFO& info) {
  if ((info.flags & CKF_CLOCK_ON_TOKEN) == 0) return true;
  const auto is_digit = [](CK_CHAR byte) { return byte >= '0' && byte <= '9'; };
  const auto number = [&](int at) { return (info.utcTime[at] - '0') * 10 + info.utcTime[at + 1] - '0'; };
  return std::ranges::all_of(info.utcTime, is_digit) && number(4) >= 1 && number(4) <= 12 && number(6) >= 1 &&
         number(6) <= 31 && number(8) <= 23 && number(10) <= 59 && number(12) <= 60 && number(14) == 0;
}

constexpr const char* kInfo = "§2 C_GetInfo";
constexpr const char* kSlotList = "§2 C_GetSlotList";
constexpr const char* kSlotInfo = "§2 C_GetSlotInfo/TokenInfo";
constexpr const char* kEvent = "§2 C_WaitForSlotEvent";

constexpr Check kChecks[] = {
    {"C_GetInfo: the strings are blank padded and printable", kInfo,
     [](Provider& p) {
       CK_INFO info{};
       EXPECT(p.c.C_GetInfo(&info), CKR_OK);
       EXPECT_THAT(is_text(info.manufacturerID));
       EXPECT_THAT(is_text(info.libraryDescription));
       EXPECT_THAT(info.flags == 0);
     }},
    {"C_GetInfo: the interface is 2.0 or newer", kInfo,
     [](Provider& p) {
       CK_INFO info{};
       EXPECT(p.c.C_GetInfo(&info), CKR_OK);
       EXPECT_THAT(info.cryptokiVersion.major >= 2);
     }},
    {"C_GetInfo: NULL is refused", kInfo,
     [](Provider& p) { EXPECT(p.c.C_GetInfo(nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED); }},

    {"C_GetSlotList: slots with a token are a subset of all slots", kSlotList,
     [](Provider& p) {
       const auto all = slots(p, CK_FALSE);
       for (const CK_SLOT_ID id : slots(p, CK_TRUE)) EXPECT_THAT(std::ranges::find(all, id) != all.end());
     }},
    {"C_GetSlotList: too small a buffer is CKR_BUFFER_TOO_SMALL and tells the count", kSlotList,
     [](Provider& p) {
       const auto all = slots(p, CK_FALSE);
       std::vector<CK_SLOT_ID> list(all.size());
       CK_ULONG count = all.size() - 1;
       EXPECT(p.c.C_GetSlotList(CK_FALSE, list.data(), &count), CKR_BUFFER_TOO_SMALL);
       EXPECT_THAT(count == all.size());
     }},
    {"C_GetSlotList: too large a buffer is fine and the count set", kSlotList,
     [](Provider& p) {
       const auto all = slots(p, CK_FALSE);
       std::vector<CK_SLOT_ID> list(all.size() + 5);
       CK_ULONG count = list.size();
       EXPECT(p.c.C_GetSlotList(CK_FALSE, list.data(), &count), CKR_OK);
       EXPECT_THAT(count == all.size());
     }},
    {"C_GetSlotList: a NULL count is refused", kSlotList,
     [](Provider& p) {
       CK_SLOT_ID list[16];
       EXPECT(p.c.C_GetSlotList(CK_FALSE, list, nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED);
       EXPECT(p.c.C_GetSlotList(CK_FALSE, nullptr, nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED);
     }},

    {"C_GetSlotInfo: texts are blank padded, flags defined, the token's presence as listed", kSlotInfo,
     [](Provider& p) {
       const auto with_token = slots(p, CK_TRUE);
       for (const CK_SLOT_ID id : slots(p, CK_FALSE)) {
         CK_SLOT_INFO info{};
         EXPECT(p.c.C_GetSlotInfo(id, &info), CKR_OK);
         EXPECT_THAT(is_text(info.slotDescription));
         EXPECT_THAT(is_text(info.manufacturerID));
         EXPECT_THAT((info.flags & ~kSlotFlags) == 0);
         const bool listed = std::ranges::find(with_token, id) != with_token.end();
         EXPECT_THAT(listed == ((info.flags & CKF_TOKEN_PRESENT) != 0));
       }
     }},
    {"C_GetSlotInfo: a bad slot is CKR_SLOT_ID_INVALID", kSlotInfo,
     [](Provider& p) {
       CK_SLOT_INFO info{};
       EXPECT(p.c.C_GetSlotInfo(kNoSuchSlot, &info), CKR_SLOT_ID_INVALID);
     }},
    {"C_GetSlotInfo: NULL is refused", kSlotInfo,
     [](Provider& p) { EXPECT(p.c.C_GetSlotInfo(p.slot, nullptr), CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED); }},
    {"C_GetTokenInfo: texts are blank padded, flags defined, the time valid", kSlotInfo,
     [](Provider& p) {
       const CK_TOKEN_INFO info = p.token_info();
       EXPECT_THAT(is_text(info.label));
       EXPECT_THAT(is_text(info.manufacturerID));
       EXPECT_THAT(is_text(info.model));
       EXPECT_THAT(is_text(info.serialNumber));
       EXPECT_THAT((info.flags & ~kTokenFlags) == 0);
       EXPECT_THAT((info.flags & CKF_TOKEN_INITIALIZED) != 0);
       EXPECT_THAT(has_valid_time(info));
       EXPECT_THAT(info.ulMinPinLen <= info.ulMaxPinLen);
     }},
    {"C_GetTokenInfo: counts the sessions", kSlotInfo,
     [](Provider& p) {
       p.open(kReadOnly);
       p.open(kReadWrite);
       const CK_TOKEN_INFO info = p.token_info();
       EXPECT_THAT(info.ulSessionCount == 2 || info.ulSessionCount == CK_UNAVAILABLE_INFORMATION);
       EXPECT_THAT(info.ulRwSessionCount == 1 || info.ulRwSessionCount == CK_UNAVAILABLE_INFORMATION);
     }},
    {"C_GetTokenInfo: a bad slot is CKR_SLOT_ID_INVALID", kSlotInfo,
     [](Provider& p) {
       CK_TOKEN_INFO info{};
       EXPECT(p.c.C_GetTokenInfo(kNoSuchSlot, &info), CKR_SLOT_ID_INVALID);
     }},
    {"C_GetTokenInfo: NULL is refused", kSlotInfo,
     [](Provider& p) { EXPECT(p.c.C_GetTokenInfo(p.slot, nullptr), CKR_ARGUMENTS_BAD); }},
    {"C_GetTokenInfo: without a token it is CKR_TOKEN_NOT_PRESENT", kSlotInfo,
     [](Provider& p) {
       const auto with_token = slots(p, CK_TRUE);
       const auto all = slots(p, CK_FALSE);
       if (with_token.size() == all.size()) throw NotApplicable{"every slot has a token"};
       for (const CK_SLOT_ID id : all) {
         if (std::ranges::find(with_token, id) != with_token.end()) continue;
         CK_TOKEN_INFO info{};
         EXPECT(p.c.C_GetTokenInfo(id, &info), CKR_TOKEN_NOT_PRESENT);
         CK_SESSION_HANDLE session = 0;
         EXPECT(p.c.C_OpenSession(id, kReadOnly, nullptr, nullptr, &session), CKR_TOKEN_NOT_PRESENT);
       }
     }},

    {"C_WaitForSlotEvent: asked twice without blocking, it has no event", kEvent,
     [](Provider& p) {
       CK_SLOT_ID id = 0;
       const CK_RV first = p.c.C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, nullptr);
       if (first == CKR_FUNCTION_NOT_SUPPORTED) return;
       EXPECT(first, CKR_OK, CKR_NO_EVENT);
       EXPECT(p.c.C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, nullptr), CKR_NO_EVENT);
     }},
};

}  // namespace

Checks slot_checks() { return kChecks; }

}  // namespace nethsm::conformance
