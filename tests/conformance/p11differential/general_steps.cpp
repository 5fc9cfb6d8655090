// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

namespace nethsm::differential {
namespace {

constexpr CK_SLOT_ID kNoSuchSlot = 88888;

// Offered by both, by one, by none.
constexpr CK_MECHANISM_TYPE kMechanisms[] = {
    CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS,        CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS_PSS,
    CKM_RSA_PKCS_OAEP,         CKM_EC_KEY_PAIR_GEN, CKM_ECDSA,           CKM_AES_CBC,
    CKM_AES_CBC_PAD,           CKM_AES_KEY_GEN,     CKM_SHA256,          CKM_SHA512,
    CKM_VENDOR_DEFINED,        CKM_AES_CCM,         CKM_CAST5_CBC};

}  // namespace

// The numbers of slots differ; that the conventions are the same does not.
Step Generator::list_slots() {
  const bool null_count = chance(10), query = chance(40), none = chance(30);
  Step step{"C_GetSlotList", null_count ? "no count" : query ? "count" : none ? "too small" : "list", {}};
  step.call = [=](Side& side) {
    CK_SLOT_ID slots[16];
    CK_ULONG count = none ? 0 : 16;
    const CK_RV rv = side.c.C_GetSlotList(CK_TRUE, query ? nullptr : slots, null_count ? nullptr : &count);
    return Outcome{rv, {count > 0}, {}};
  };
  return step;
}

Step Generator::slot_information() {
  const bool token = chance(50), bad_slot = chance(40), null = chance(20);
  Step step{token ? "C_GetTokenInfo" : "C_GetSlotInfo", bad_slot ? "no slot" : "", {}};
  if (null) step.text += " NULL";
  step.call = [=](Side& side) {
    CK_SLOT_INFO slot{};
    CK_TOKEN_INFO info{};
    const CK_SLOT_ID id = bad_slot ? kNoSuchSlot : side.slot;
    if (!token) return Outcome{side.c.C_GetSlotInfo(id, null ? nullptr : &slot), {}, {}};
    return Outcome{side.c.C_GetTokenInfo(id, null ? nullptr : &info), {}, {}};
  };
  return step;
}

Step Generator::mechanism_information() {
  const CK_MECHANISM_TYPE type = kMechanisms[below(std::size(kMechanisms))];
  const bool bad_slot = chance(10), null = chance(10);
  Step step{
      "C_GetMechanismInfo", std::to_string(type) + (bad_slot ? " no slot" : "") + (null ? " NULL" : ""), {}};
  step.call = [=](Side& side) {
    CK_MECHANISM_INFO info{};
    const CK_RV rv =
        side.c.C_GetMechanismInfo(bad_slot ? kNoSuchSlot : side.slot, type, null ? nullptr : &info);
    return Outcome{rv, {}, {}};
  };
  return step;
}

Step Generator::no_longer_parallel() {
  const bool cancel = chance(50);
  Step step{cancel ? "C_CancelFunction" : "C_GetFunctionStatus", "", {}};
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    const CK_SESSION_HANDLE handle = session_handle(side, session);
    return Outcome{cancel ? side.c.C_CancelFunction(handle) : side.c.C_GetFunctionStatus(handle), {}, {}};
  };
  return step;
}

Step Generator::random_numbers() {
  const bool null = chance(10);
  const CK_ULONG length = pick<CK_ULONG>({1, 16, 32, 100});
  Step step{"C_GenerateRandom", std::to_string(length) + (null ? " to NULL" : ""), {}};
  step.session = any_session();
  step.is_random = true;
  step.call = [=, session = step.session](Side& side) {
    Bytes out(length);
    return Outcome{
        side.c.C_GenerateRandom(session_handle(side, session), null ? nullptr : out.data(), length),
        {},
        {out}};
  };
  return step;
}

}  // namespace nethsm::differential
