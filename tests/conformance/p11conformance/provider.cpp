// SPDX-License-Identifier: Apache-2.0
#include "provider.h"

#include "check.h"

namespace nethsm::conformance {
namespace {

constexpr CK_ULONG kRoom = 16 * 1024;

}  // namespace

Provider::Provider(const Options& given) : module(given.module), c(module.functions()), options(given) {
  EXPECT(c.C_Initialize(nullptr), CKR_OK);
  choose_slot();
  login_required = (token_info().flags & CKF_LOGIN_REQUIRED) != 0;
  make_keys();
  reset();
}

Provider::~Provider() { c.C_Finalize(nullptr); }

void Provider::choose_slot() {
  CK_ULONG count = 0;
  EXPECT(c.C_GetSlotList(CK_TRUE, nullptr, &count), CKR_OK);
  std::vector<CK_SLOT_ID> slots(count);
  EXPECT(c.C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  slots.resize(count);
  for (const CK_SLOT_ID id : slots) {
    slot = id;
    const CK_TOKEN_INFO info = token_info();
    const std::string_view label = as_text({info.label, sizeof info.label});
    if (label.substr(0, label.find_last_not_of(' ') + 1) == options.token_label) return;
    if (options.token_label.empty()) return;
  }
  throw Failure{"no slot has a token with the label \"" + options.token_label + "\""};
}

void Provider::reset() {
  EXPECT(c.C_Initialize(nullptr), CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED);
  EXPECT(c.C_CloseAllSessions(slot), CKR_OK);
}

CK_TOKEN_INFO Provider::token_info() const {
  CK_TOKEN_INFO info{};
  EXPECT(c.C_GetTokenInfo(slot, &info), CKR_OK);
  return info;
}

CK_STATE Provider::state(CK_SESSION_HANDLE session) const {
  CK_SESSION_INFO info{};
  EXPECT(c.C_GetSessionInfo(session, &info), CKR_OK);
  return info.state;
}

bool Provider::has_interfaces() const {
  return module.symbol<CK_C_GetInterface>("C_GetInterface") != nullptr;
}

void Provider::needs_public_sessions() const {
  if (!login_required) throw NotApplicable{"the token needs no login, so no session is a public one"};
}

CK_SESSION_HANDLE Provider::open(CK_FLAGS flags) const {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  EXPECT(c.C_OpenSession(slot, flags, nullptr, nullptr, &session), CKR_OK);
  return session;
}

CK_RV Provider::login(CK_SESSION_HANDLE session, CK_USER_TYPE type) const {
  const std::string& text = type == CKU_SO ? options.so_pin : options.user_pin;
  return c.C_Login(session, type, pin(text), size(text));
}

CK_SESSION_HANDLE Provider::user_session() const {
  const CK_SESSION_HANDLE session = open();
  if (login_required) EXPECT(login(session, CKU_USER), CKR_OK);
  return session;
}

CK_SESSION_HANDLE Provider::manager_session() const {
  const CK_SESSION_HANDLE session = open();
  if (login_required) EXPECT(login(session, manager), CKR_OK);
  return session;
}

std::vector<CK_OBJECT_HANDLE> Provider::find(CK_SESSION_HANDLE session, Attributes wanted,
                                             CK_ULONG at_once) const {
  EXPECT(c.C_FindObjectsInit(session, wanted.data(), wanted.size()), CKR_OK);
  std::vector<CK_OBJECT_HANDLE> all, some(at_once);
  for (CK_ULONG count = at_once; count != 0;) {
    EXPECT(c.C_FindObjects(session, some.data(), at_once, &count), CKR_OK);
    EXPECT_THAT(count <= at_once);
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  EXPECT(c.C_FindObjectsFinal(session), CKR_OK);
  return all;
}

CK_OBJECT_HANDLE Provider::find_one(CK_SESSION_HANDLE session, CK_OBJECT_CLASS object_class,
                                    const char* name) const {
  const auto found = find(session, Attributes().number(CKA_CLASS, object_class).text(CKA_ID, name));
  if (found.size() == 1) return found.front();
  throw Failure{std::to_string(found.size()) + " objects with the CKA_ID " + name};
}

CK_OBJECT_HANDLE Provider::rsa_private(CK_SESSION_HANDLE session) const {
  return find_one(session, CKO_PRIVATE_KEY, kRsaKey);
}
CK_OBJECT_HANDLE Provider::rsa_public(CK_SESSION_HANDLE session) const {
  return find_one(session, CKO_PUBLIC_KEY, kRsaKey);
}
CK_OBJECT_HANDLE Provider::ec_private(CK_SESSION_HANDLE session) const {
  return find_one(session, CKO_PRIVATE_KEY, kEcKey);
}
CK_OBJECT_HANDLE Provider::ec_public(CK_SESSION_HANDLE session) const {
  return find_one(session, CKO_PUBLIC_KEY, kEcKey);
}
CK_OBJECT_HANDLE Provider::aes(CK_SESSION_HANDLE session) const {
  return find_one(session, CKO_SECRET_KEY, kAesKey);
}

Filled Provider::attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  Filled result{CKR_OK, Bytes(kRoom)};
  CK_ATTRIBUTE one{type, result.bytes.data(), kRoom};
  result.rv = c.C_GetAttributeValue(session, object, &one, 1);
  result.bytes.resize(result.rv == CKR_OK ? one.ulValueLen : 0);
  return result;
}

Filled Provider::sign(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key,
                      ByteView data) const {
  CK_MECHANISM mechanism{type, nullptr, 0};
  Filled result{c.C_SignInit(session, &mechanism, key), Bytes(kRoom)};
  CK_ULONG length = kRoom;
  if (result.rv == CKR_OK) result.rv = c.C_Sign(session, in(data), size(data), result.bytes.data(), &length);
  result.bytes.resize(result.rv == CKR_OK ? length : 0);
  return result;
}

}  // namespace nethsm::conformance
