// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "token/error.h"

namespace nethsm::session {

// A search: the handles that matched when it began, handed out piece by piece. Plain value.
class FindOperation {
 public:
  explicit FindOperation(std::vector<CK_OBJECT_HANDLE> found) : found_(std::move(found)) {}

  // Fills `out` from the front; answers how many there were.
  std::size_t next(std::span<CK_OBJECT_HANDLE> out) {
    const std::size_t count = std::min(out.size(), found_.size() - position_);
    std::copy_n(found_.begin() + static_cast<std::ptrdiff_t>(position_), count, out.begin());
    position_ += count;
    return count;
  }

 private:
  std::vector<CK_OBJECT_HANDLE> found_;
  std::size_t position_ = 0;
};

}  // namespace nethsm::session
