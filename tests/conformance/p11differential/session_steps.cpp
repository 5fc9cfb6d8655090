// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

namespace nethsm::differential {
namespace {

constexpr CK_SLOT_ID kNoSuchSlot = 88888;

CK_SESSION_HANDLE* session_entry(Side& side, int session) {
  return &side.sessions[static_cast<std::size_t>(session)];
}

}  // namespace

Step Generator::open_session() {
  const int session = static_cast<int>(below(kSessions));
  CK_FLAGS flags = CKF_SERIAL_SESSION;
  if (chance(80)) flags |= CKF_RW_SESSION;
  if (chance(4)) flags &= ~CK_FLAGS{CKF_SERIAL_SESSION};
  const bool bad_slot = chance(3), no_handle = chance(3);
  // An open session is left to itself only by a call that fails.
  if (model_[static_cast<std::size_t>(session)].is_open && !bad_slot && !no_handle) return session_info();
  Step step{"C_OpenSession", "flags " + std::to_string(flags) + (bad_slot ? ", no slot" : ""), {}};
  if (no_handle) step.text += ", NULL";
  step.session = session;
  step.mechanism.type = flags;
  step.call = [=](Side& side) {
    CK_SESSION_HANDLE handle = 0;
    const CK_RV rv = side.c.C_OpenSession(bad_slot ? kNoSuchSlot : side.slot, flags, nullptr, nullptr,
                                          no_handle ? nullptr : &handle);
    if (rv == CKR_OK) *session_entry(side, session) = handle;
    return Outcome{rv, {}, {}};
  };
  return step;
}

Step Generator::close_session() {
  Step step{"C_CloseSession", "", {}};
  step.session = chance(50) ? any_session() : idle_session();
  step.call = [session = step.session](Side& side) {
    return Outcome{side.c.C_CloseSession(session_handle(side, session)), {}, {}};
  };
  return step;
}

Step Generator::close_all_sessions() {
  const bool bad_slot = chance(30);
  Step step{"C_CloseAllSessions", bad_slot ? "no slot" : "", {}};
  step.closes_all = !bad_slot;
  step.call = [=](Side& side) {
    return Outcome{side.c.C_CloseAllSessions(bad_slot ? kNoSuchSlot : side.slot), {}, {}};
  };
  return step;
}

Step Generator::session_info() {
  const bool null = chance(3);
  Step step{"C_GetSessionInfo", null ? "NULL" : "", {}};
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    CK_SESSION_INFO info{};
    const CK_RV rv = side.c.C_GetSessionInfo(session_handle(side, session), null ? nullptr : &info);
    return Outcome{rv, {info.state, info.flags, info.ulDeviceError}, {}};
  };
  return step;
}

// Wrong PINs are rare: a NetHSM makes everybody wait for a second after one.
Step Generator::login() {
  const CK_USER_TYPE type = chance(75)   ? CKU_USER
                            : chance(60) ? CKU_SO
                            : chance(50) ? CKU_CONTEXT_SPECIFIC
                                         : 99;
  std::string pin = type == CKU_SO ? kSoPin : kUserPin;
  if (below(2000) == 0) pin = "WrongWrongWrong";
  const bool null = chance(2);
  Step step{"C_Login", "type " + std::to_string(type) + ", " + (null ? "NULL" : pin), {}};
  step.session = chance(80) ? idle_session() : any_session();
  step.may_change_login = true;
  step.call = [=, session = step.session](Side& side) {
    return Outcome{side.c.C_Login(session_handle(side, session), type,
                                  null ? nullptr : test::in(as_bytes(pin)), pin.size()),
                   {},
                   {}};
  };
  return step;
}

Step Generator::logout() {
  Step step{"C_Logout", "", {}};
  step.session = any_session();
  step.may_change_login = true;
  step.call = [session = step.session](Side& side) {
    return Outcome{side.c.C_Logout(session_handle(side, session)), {}, {}};
  };
  return step;
}

}  // namespace nethsm::differential
