// SPDX-License-Identifier: Apache-2.0
#include "side.h"

#include <stdexcept>
#include <string_view>

#include "cryptoki/rv_name.h"

namespace nethsm::differential {
namespace {

constexpr CK_FLAGS kReadWrite = CKF_SERIAL_SESSION | CKF_RW_SESSION;

}  // namespace

void must(CK_RV rv, const std::string& what) {
  if (rv != CKR_OK) throw std::runtime_error(what + ": " + cryptoki::rv_name(rv));
}

Side::Side(const std::string& module_file) : module(module_file), c(module.functions()) {
  must(c.C_Initialize(nullptr), "C_Initialize of " + module_file);
}

Side::~Side() { c.C_Finalize(nullptr); }

void Side::choose_token() {
  CK_ULONG count = 16;
  CK_SLOT_ID slots[16];
  must(c.C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    must(c.C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
    const std::string_view label = as_text({info.label, sizeof info.label});
    if (label.substr(0, label.find_last_not_of(' ') + 1) == kTokenLabel) slot = slots[i];
  }
}

void Side::reset() {
  must(c.C_CloseAllSessions(slot), "C_CloseAllSessions");
  must(c.C_OpenSession(slot, kReadWrite, nullptr, nullptr, &anchor), "C_OpenSession");
  find_objects();
}

std::vector<CK_OBJECT_HANDLE> Side::found(Attributes wanted) const {
  std::vector<CK_OBJECT_HANDLE> handles(256);
  CK_ULONG count = 0;
  must(c.C_FindObjectsInit(anchor, wanted.data(), wanted.size()), "C_FindObjectsInit");
  must(c.C_FindObjects(anchor, handles.data(), handles.size(), &count), "C_FindObjects");
  must(c.C_FindObjectsFinal(anchor), "C_FindObjectsFinal");
  handles.resize(count);
  return handles;
}

void Side::find_objects() {
  objects.clear();
  for (const CK_OBJECT_HANDLE handle : found({})) {
    CK_OBJECT_CLASS object_class = 0;
    CK_BYTE id[64];
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof object_class}, {CKA_ID, id, sizeof id}};
    // Profiles have no id.
    if (c.C_GetAttributeValue(anchor, handle, wanted, 2) != CKR_OK || wanted[1].ulValueLen == 0) continue;
    objects[std::string(as_text({id, wanted[1].ulValueLen})) + "." + std::to_string(object_class)] = handle;
  }
}

void Side::destroy_session_objects() {
  for (const CK_OBJECT_HANDLE wreck : found(Attributes().flag(CKA_TOKEN, false))) {
    must(c.C_DestroyObject(anchor, wreck), "C_DestroyObject");
  }
}

CK_OBJECT_HANDLE Side::object(const std::string& name) const {
  const auto found = objects.find(name);
  return found != objects.end() ? found->second : CK_INVALID_HANDLE;
}

CK_OBJECT_HANDLE Side::import(Attributes attributes) {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  must(c.C_CreateObject(anchor, attributes.data(), attributes.size(), &handle), "C_CreateObject");
  return handle;
}

CK_STATE Side::state() const {
  CK_SESSION_INFO info{};
  must(c.C_GetSessionInfo(anchor, &info), "C_GetSessionInfo");
  return info.state;
}

}  // namespace nethsm::differential
