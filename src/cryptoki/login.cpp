// SPDX-License-Identifier: Apache-2.0
// Users and their PINs (PKCS#11 v3.2 §5.5, §5.6). A user is one of the NetHSM, a PIN that user's passphrase.
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

namespace nethsm::cryptoki {
namespace {

token::Result<Secret> pin_argument(CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  // Without a PIN the user would have to type it on the token, which has no keys for that.
  if (pin == nullptr) return fail(CKR_ARGUMENTS_BAD, "the PIN is missing");
  return Secret(ByteView(pin, length));
}

token::Result<std::string> name_argument(CK_UTF8CHAR_PTR name, CK_ULONG length) {
  const ByteView bytes = TRY(input(name, length));
  return std::string(as_text(bytes));
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_Login(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen) {
  return entry("C_Login", [&](Library& library) -> Status {
    const auto session = TRY(library.session(hSession));
    const Secret pin = TRY(pin_argument(pPin, ulPinLen));
    return library.login(*session, userType, pin);
  });
}

CK_RV C_LoginUser(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen,
                  CK_UTF8CHAR_PTR pUsername, CK_ULONG ulUsernameLen) {
  return entry("C_LoginUser", [&](Library& library) -> Status {
    const auto session = TRY(library.session(hSession));
    const Secret pin = TRY(pin_argument(pPin, ulPinLen));
    const std::string name = TRY(name_argument(pUsername, ulUsernameLen));
    return library.login(*session, userType, pin, name);
  });
}

CK_RV C_Logout(CK_SESSION_HANDLE hSession) {
  return session_entry(
      "C_Logout", hSession, [](Session& session) { return session.token().logout(); }, AtExit::kOk);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen) {
  return session_entry("C_InitPIN", hSession, [&](Session& session) -> Status {
    const Secret pin = TRY(pin_argument(pPin, ulPinLen));
    return session.token().init_pin(pin);
  });
}

CK_RV C_SetPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pOldPin, CK_ULONG ulOldLen,
               CK_UTF8CHAR_PTR pNewPin, CK_ULONG ulNewLen) {
  return session_entry("C_SetPIN", hSession, [&](Session& session) -> Status {
    const Secret old_pin = TRY(pin_argument(pOldPin, ulOldLen));
    const Secret new_pin = TRY(pin_argument(pNewPin, ulNewLen));
    TRY(session.must_be_read_write());
    return session.token().set_pin(old_pin, new_pin);
  });
}

}  // extern "C"
