// SPDX-License-Identifier: Apache-2.0
#include "config/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "base/descriptor.h"

namespace nethsm::config {
namespace {

constexpr std::size_t kMaxSize = 1U << 20;
constexpr std::size_t kChunk = 16U << 10;

FileError system_error(int code, FileError::Kind kind) {
  return {kind, std::generic_category().message(code)};
}

FileError error_of_open(int code) {
  if (code == ENOENT || code == ENOTDIR) return system_error(code, FileError::Kind::kAbsent);
  return system_error(code, FileError::Kind::kForbidden);
}

}  // namespace

Result<File, FileError> read_file(const std::string& path) {
  const Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.valid()) return Unexpected(error_of_open(errno));
  File file;
  struct stat status {};
  if (fstat(descriptor.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    file.readable_by_others = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
    file.writable_by_all = (status.st_mode & S_IWOTH) != 0;
  }
  file.bytes.reserve(kChunk);
  for (std::size_t size = 0; size <= kMaxSize;) {
    file.bytes.resize(size + kChunk);
    const ssize_t got = read(descriptor.get(), file.bytes.data() + size, kChunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unexpected(system_error(errno, FileError::Kind::kUnreadable));
    size += static_cast<std::size_t>(got);
    file.bytes.resize(size);
    if (got == 0) return file;
  }
  return Unexpected(FileError{FileError::Kind::kUnreadable, "the file is larger than 1 MiB"});
}

}  // namespace nethsm::config
