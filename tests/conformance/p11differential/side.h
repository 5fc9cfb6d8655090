// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fixture/attributes.h"
#include "module.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::differential {

using test::Attributes;

inline constexpr int kSessions = 6;
inline constexpr const char* kUserPin = "OperatorOperator";
inline constexpr const char* kSoPin = "Administrator";
inline constexpr const char* kTokenLabel = "differential";

// One of the two modules: its token, and the handles behind the names that both sides share.
//
// Sessions are known by a number; a closed one keeps its last handle, which is then a bad one. Objects are
// known by
// "<CKA_ID>.<class>" and have a handle while a search of the anchor session finds them. One thread.
class Side {
 public:
  // Initialises the module; the token exists. Throws std::runtime_error.
  explicit Side(const std::string& module_file);
  ~Side();
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  void choose_token();  // by kTokenLabel
  // All sessions closed but a new anchor, nobody logged in.
  void reset();
  void find_objects();
  CK_OBJECT_HANDLE object(const std::string& name) const;  // CK_INVALID_HANDLE: not visible now
  CK_OBJECT_HANDLE import(Attributes attributes);
  // A C_CreateObject that SoftHSM2 refuses leaves a wreck behind, which searches find.
  void destroy_session_objects();
  CK_STATE state() const;

  const conformance::Module module;
  const CK_FUNCTION_LIST& c;
  CK_SLOT_ID slot = 0;
  // Read/write, never part of the random calls, so that the login outlives the other sessions.
  CK_SESSION_HANDLE anchor = CK_INVALID_HANDLE;
  std::array<CK_SESSION_HANDLE, kSessions> sessions{};
  std::map<std::string, CK_OBJECT_HANDLE> objects;

 private:
  std::vector<CK_OBJECT_HANDLE> found(Attributes wanted) const;
};

void must(CK_RV rv, const std::string& what);

}  // namespace nethsm::differential
