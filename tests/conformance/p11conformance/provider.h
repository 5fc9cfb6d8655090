// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "fixture/attributes.h"
#include "module.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::conformance {

using test::Attributes;

inline constexpr CK_FLAGS kReadOnly = CKF_SERIAL_SESSION;
inline constexpr CK_FLAGS kReadWrite = CKF_SERIAL_SESSION | CKF_RW_SESSION;
inline constexpr CK_SLOT_ID kNoSuchSlot = 88888;
inline constexpr CK_SESSION_HANDLE kNoSuchSession = 99999;
inline constexpr CK_OBJECT_HANDLE kNoSuchObject = 88888;
inline constexpr CK_ULONG kFill = 0xA5;  // what buffers hold that nobody may write to

// The keys that the checks use; CKA_ID and CKA_LABEL are their names.
inline constexpr const char* kRsaKey = "p11conformance-rsa";
inline constexpr const char* kRawRsaKey = "p11conformance-raw";  // may do CKM_RSA_X_509
inline constexpr const char* kEdwardsKey = "p11conformance-edwards";
inline constexpr const char* kEcKey = "p11conformance-ec";
inline constexpr const char* kAesKey = "p11conformance-aes";
inline constexpr const char* kImportedKey = "p11conformance-imported";

struct Options {
  std::string module;
  std::string token_label;  // empty: the first slot with a token
  std::string user_pin;
  std::string user_name;  // for C_LoginUser
  std::string so_pin;
};

// What a C_ call that fills a buffer came to.
struct Filled {
  CK_RV rv;
  Bytes bytes;
};

// The token under test: the module, the slot, who may do what there, and the keys that the checks share.
//
// One thread. The module is initialised except inside of a check that says otherwise; reset() after each
// check brings it back to: initialised, no session, nobody logged in.
class Provider {
 public:
  // Initialises the module, finds the slot, and makes the keys, unless they exist. Throws Failure.
  explicit Provider(const Options& options);
  ~Provider();
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  void reset();
  void destroy_keys();

  const Module module;
  const CK_FUNCTION_LIST& c;
  const Options options;
  CK_SLOT_ID slot = 0;
  // CKF_LOGIN_REQUIRED is set: a session without C_Login is a public one.
  bool login_required = false;
  // Who creates and destroys keys: CKU_USER, or CKU_SO where the device keeps that to its administrator.
  CK_USER_TYPE manager = CKU_USER;

  CK_TOKEN_INFO token_info() const;
  CK_STATE state(CK_SESSION_HANDLE session) const;
  bool has_interfaces() const;

  // Throws NotApplicable.
  void needs_public_sessions() const;

  CK_SESSION_HANDLE open(CK_FLAGS flags = kReadWrite) const;
  CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE type) const;
  CK_SESSION_HANDLE user_session() const;     // read/write; may use keys
  CK_SESSION_HANDLE manager_session() const;  // read/write; may create and destroy keys

  std::vector<CK_OBJECT_HANDLE> find(CK_SESSION_HANDLE session, Attributes wanted = {},
                                     CK_ULONG at_once = 100) const;
  CK_OBJECT_HANDLE find_one(CK_SESSION_HANDLE session, CK_OBJECT_CLASS object_class, const char* name) const;
  CK_OBJECT_HANDLE rsa_private(CK_SESSION_HANDLE session) const;
  CK_OBJECT_HANDLE rsa_public(CK_SESSION_HANDLE session) const;
  CK_OBJECT_HANDLE ec_private(CK_SESSION_HANDLE session) const;
  CK_OBJECT_HANDLE ec_public(CK_SESSION_HANDLE session) const;
  CK_OBJECT_HANDLE aes(CK_SESSION_HANDLE session) const;

  Filled attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  Filled sign(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key, ByteView data) const;

 private:
  void choose_slot();
  void make_keys();
  using Maker = CK_RV (*)(Provider&, CK_SESSION_HANDLE, const char* name);
  void make(const char* name, CK_OBJECT_CLASS object_class, Maker maker);
};

inline CK_BYTE* in(ByteView bytes) { return const_cast<CK_BYTE*>(bytes.data()); }
inline CK_UTF8CHAR* pin(std::string_view text) { return in(as_bytes(text)); }

// Keys of the kinds that all tokens have, permanent, named, for all uses.
Attributes public_template(const char* name);
Attributes private_template(const char* name);
Attributes secret_template(const char* name);

}  // namespace nethsm::conformance
