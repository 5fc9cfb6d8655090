// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>

#include "base/secret.h"

namespace nethsm::transport {

// Bytes that have been received and not yet understood. They may be a decrypted secret: consumed bytes are
// wiped.
class ReadBuffer {
 public:
  bool empty() const { return begin_ == end_; }
  ByteView content() const { return {bytes_.data() + begin_, end_ - begin_}; }

  // Room for at least one TLS record behind the content.
  std::span<std::uint8_t> room() {
    constexpr std::size_t kRecord = 16384;
    if (bytes_.size() - end_ < kRecord / 4) {
      std::copy(bytes_.begin() + offset(begin_), bytes_.begin() + offset(end_), bytes_.begin());
      end_ -= begin_;
      begin_ = 0;
      if (bytes_.size() - end_ < kRecord / 4) bytes_.resize(bytes_.size() + kRecord);
    }
    return {bytes_.data() + end_, bytes_.size() - end_};
  }
  void received(std::size_t count) { end_ += count; }

  void consume(std::size_t count) {
    wipe(bytes_.data() + begin_, count);
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

 private:
  static std::ptrdiff_t offset(std::size_t position) { return static_cast<std::ptrdiff_t>(position); }

  SecretBytes bytes_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace nethsm::transport
