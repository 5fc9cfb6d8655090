// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "pkcs11/pkcs11.h"

namespace nethsm::bench {

// Throws std::runtime_error with the function's name and the code unless it is CKR_OK.
void must(CK_RV rv, const char* function);

// A PKCS#11 module of a file, initialised; finalised at the end.
class Module {
 public:
  explicit Module(const std::string& path);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const CK_FUNCTION_LIST* operator->() const { return functions_; }
  const std::string& path() const { return path_; }

  void initialize();  // anew, after finalize()
  void finalize();

 private:
  std::string path_;
  void* library_ = nullptr;
  CK_FUNCTION_LIST* functions_ = nullptr;
};

// A template in the making; keeps the values alive.
class Attributes {
 public:
  Attributes& add(CK_ATTRIBUTE_TYPE type, ByteView value);
  Attributes& add(CK_ATTRIBUTE_TYPE type, std::string_view value) { return add(type, as_bytes(value)); }
  Attributes& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  Attributes& flag(CK_ATTRIBUTE_TYPE type, bool value);
  CK_ATTRIBUTE* data();
  CK_ULONG size() const { return attributes_.size(); }

 private:
  std::vector<Bytes> values_;
  std::vector<CK_ATTRIBUTE> attributes_;
};

// A session, for one thread.
class Session {
 public:
  Session(const Module& module, CK_SLOT_ID slot, const std::optional<std::string>& pin);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Module& module() const { return module_; }
  CK_SLOT_ID slot() const { return slot_; }
  CK_SESSION_HANDLE handle() const { return handle_; }

  std::vector<CK_OBJECT_HANDLE> find(Attributes wanted) const;
  CK_OBJECT_HANDLE find_one(CK_OBJECT_CLASS object_class,
                            std::string_view id) const;  // throws if there is none
  Bytes attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  void generate_pair(CK_MECHANISM_TYPE mechanism, std::string_view id, Attributes public_part) const;
  void generate_aes(std::string_view id) const;
  void destroy(std::string_view id) const;  // if it is there

 private:
  const Module& module_;
  CK_SLOT_ID slot_;
  CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
};

}  // namespace nethsm::bench
