// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace nethsm::config {

// The text of a configuration file, wiped in the end, and who may read or change it.
struct File {
  SecretBytes bytes;
  bool readable_by_others = false;  // than the owner
  bool writable_by_all = false;

  std::string_view text() const { return as_text({bytes.data(), bytes.size()}); }
};

struct FileError {
  enum class Kind { kAbsent, kForbidden, kUnreadable };
  Kind kind;
  std::string reason;
};

Result<File, FileError> read_file(const std::string& path);

}  // namespace nethsm::config
