// SPDX-License-Identifier: Apache-2.0
// Slots and tokens (PKCS#11 v3.2 §5.5).
#include <vector>

#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_GetSlotList(CK_BBOOL tokenPresent, CK_SLOT_ID_PTR pSlotList, CK_ULONG_PTR pulCount) {
  return entry("C_GetSlotList", [&](Library& library) -> Status {
    TRY(not_null(pulCount));
    std::vector<CK_SLOT_ID> slots;
    for (CK_SLOT_ID slot = 0; slot < library.slot_count(); ++slot) {
      if (tokenPresent == CK_FALSE || TRY(library.token(slot))->present()) slots.push_back(slot);
    }
    return write_list<CK_SLOT_ID>(slots, pSlotList, pulCount);
  });
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slotID, CK_SLOT_INFO_PTR pInfo) {
  return entry("C_GetSlotInfo", [&](Library& library) -> Status {
    const auto token = TRY(library.token(slotID));
    TRY(not_null(pInfo));
    *pInfo = token->slot_info();
    return Ok{};
  });
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slotID, CK_TOKEN_INFO_PTR pInfo) {
  return entry("C_GetTokenInfo", [&](Library& library) -> Status {
    TRY(library.token(slotID));
    TRY(not_null(pInfo));
    *pInfo = TRY(library.token_info(slotID));
    return Ok{};
  });
}

CK_RV C_GetMechanismList(CK_SLOT_ID slotID, CK_MECHANISM_TYPE_PTR pMechanismList, CK_ULONG_PTR pulCount) {
  return entry("C_GetMechanismList", [&](Library& library) -> Status {
    const auto token = TRY(library.token(slotID));
    TRY(not_null(pulCount));
    const auto mechanisms = nethsm::token::mechanism_list(token->withheld_mechanisms());
    return write_list(std::span(mechanisms), pMechanismList, pulCount);
  });
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slotID, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR pInfo) {
  return entry("C_GetMechanismInfo", [&](Library& library) -> Status {
    const auto token = TRY(library.token(slotID));
    TRY(not_null(pInfo));
    *pInfo = TRY(nethsm::token::mechanism_info(type, token->withheld_mechanisms()));
    return Ok{};
  });
}

// What may be initialised here at all, the device's own tools do.
CK_RV C_InitToken(CK_SLOT_ID slotID, CK_UTF8CHAR_PTR pPin, CK_ULONG, CK_UTF8CHAR_PTR pLabel) {
  return entry("C_InitToken", [&](Library& library) -> Status {
    TRY(library.token(slotID));
    TRY(not_null(pPin));
    TRY(not_null(pLabel));
    if (library.has_sessions(slotID)) return fail(CKR_SESSION_EXISTS);
    return fail_loudly(CKR_FUNCTION_NOT_SUPPORTED,
                       "a NetHSM is provisioned, and its keys and users are erased, with its own tools only");
  });
}

// Nobody watches the tokens between calls: who asks for events lets the devices be asked.
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR pSlot, CK_VOID_PTR pReserved) {
  return entry("C_WaitForSlotEvent", [&](Library& library) -> Status {
    TRY(not_null(pSlot));
    if (pReserved != nullptr) return fail(CKR_ARGUMENTS_BAD, "pReserved must be NULL");
    const bool blocks = (flags & CKF_DONT_BLOCK) == 0;
    const auto slot = blocks ? library.wait_for_slot_event() : library.next_slot_event();
    if (!slot) return fail(blocks ? CKR_CRYPTOKI_NOT_INITIALIZED : CKR_NO_EVENT);
    *pSlot = *slot;
    return Ok{};
  });
}

}  // extern "C"
