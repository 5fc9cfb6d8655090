// SPDX-License-Identifier: Apache-2.0
#include "bench/module.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace nethsm::bench {

void must(CK_RV rv, const char* function) {
  if (rv == CKR_OK) return;
  char text[96];
  std::snprintf(text, sizeof text, "%s: 0x%lx", function, rv);
  throw std::runtime_error(text);
}

Module::Module(const std::string& path) : path_(path), library_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (library_ == nullptr) throw std::runtime_error(dlerror());
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library_, "C_GetFunctionList"));
  if (get == nullptr) throw std::runtime_error(path + " is not a PKCS#11 module");
  must(get(&functions_), "C_GetFunctionList");
  initialize();
}

// The library stays loaded: not every module can be unloaded.
Module::~Module() { functions_->C_Finalize(nullptr); }

void Module::initialize() {
  CK_C_INITIALIZE_ARGS args{};
  args.flags = CKF_OS_LOCKING_OK;
  must(functions_->C_Initialize(&args), "C_Initialize");
}
void Module::finalize() { must(functions_->C_Finalize(nullptr), "C_Finalize"); }

Attributes& Attributes::add(CK_ATTRIBUTE_TYPE type, ByteView value) {
  values_.push_back(to_bytes(value));
  attributes_.push_back({type, nullptr, value.size()});
  return *this;
}
Attributes& Attributes::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  return add(type, ByteView(reinterpret_cast<const std::uint8_t*>(&value), sizeof value));
}
Attributes& Attributes::flag(CK_ATTRIBUTE_TYPE type, bool value) {
  const std::uint8_t byte = value ? CK_TRUE : CK_FALSE;
  return add(type, ByteView(&byte, 1));
}
CK_ATTRIBUTE* Attributes::data() {
  for (std::size_t i = 0; i < attributes_.size(); ++i) attributes_[i].pValue = values_[i].data();
  return attributes_.data();
}

Session::Session(const Module& module, CK_SLOT_ID slot, const std::optional<std::string>& pin)
    : module_(module), slot_(slot) {
  must(module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle_),
       "C_OpenSession");
  if (!pin) return;
  std::string copy = *pin;
  const CK_RV rv =
      module->C_Login(handle_, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(copy.data()), copy.size());
  if (rv != CKR_USER_ALREADY_LOGGED_IN) must(rv, "C_Login");
}
Session::~Session() { module_->C_CloseSession(handle_); }

std::vector<CK_OBJECT_HANDLE> Session::find(Attributes wanted) const {
  must(module_->C_FindObjectsInit(handle_, wanted.data(), wanted.size()), "C_FindObjectsInit");
  std::vector<CK_OBJECT_HANDLE> found;
  std::array<CK_OBJECT_HANDLE, 1024> page{};
  CK_ULONG count = 0;
  do {
    must(module_->C_FindObjects(handle_, page.data(), page.size(), &count), "C_FindObjects");
    found.insert(found.end(), page.begin(), page.begin() + static_cast<std::ptrdiff_t>(count));
  } while (count != 0);
  must(module_->C_FindObjectsFinal(handle_), "C_FindObjectsFinal");
  return found;
}

CK_OBJECT_HANDLE Session::find_one(CK_OBJECT_CLASS object_class, std::string_view id) const {
  const auto found = find(Attributes().number(CKA_CLASS, object_class).add(CKA_ID, id));
  if (found.empty()) throw std::runtime_error("the key " + std::string(id) + " is not on the token");
  return found.front();
}

Bytes Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  CK_ATTRIBUTE attribute{type, nullptr, 0};
  must(module_->C_GetAttributeValue(handle_, object, &attribute, 1), "C_GetAttributeValue");
  Bytes value(attribute.ulValueLen);
  attribute.pValue = value.data();
  must(module_->C_GetAttributeValue(handle_, object, &attribute, 1), "C_GetAttributeValue");
  return value;
}

void Session::generate_pair(CK_MECHANISM_TYPE mechanism, std::string_view id, Attributes public_part) const {
  CK_MECHANISM generation{mechanism, nullptr, 0};
  public_part.flag(CKA_TOKEN, true).add(CKA_ID, id).add(CKA_LABEL, id);
  Attributes private_part;
  private_part.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).add(CKA_ID, id).add(CKA_LABEL, id);
  CK_OBJECT_HANDLE public_key = 0, private_key = 0;
  must(module_->C_GenerateKeyPair(handle_, &generation, public_part.data(), public_part.size(),
                                  private_part.data(), private_part.size(), &public_key, &private_key),
       "C_GenerateKeyPair");
}

void Session::generate_aes(std::string_view id) const {
  CK_MECHANISM generation{CKM_AES_KEY_GEN, nullptr, 0};
  Attributes secret;
  secret.flag(CKA_TOKEN, true).number(CKA_VALUE_LEN, 32).add(CKA_ID, id).add(CKA_LABEL, id);
  CK_OBJECT_HANDLE key = 0;
  must(module_->C_GenerateKey(handle_, &generation, secret.data(), secret.size(), &key), "C_GenerateKey");
}

void Session::destroy(std::string_view id) const {
  for (const CK_OBJECT_CLASS object_class : {CKO_PRIVATE_KEY, CKO_SECRET_KEY}) {
    for (const auto key : find(Attributes().number(CKA_CLASS, object_class).add(CKA_ID, id))) {
      module_->C_DestroyObject(handle_, key);
    }
  }
}

}  // namespace nethsm::bench
