// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "simulator/base64.h"

namespace nethsm::simulator {

// The framing of backup and update files: records behind their length in three bytes, big-endian.

void append_record(std::string& file, const Bytes& record);

// Reads from the front; throws Failure 400 "Unexpected end of data".
class RecordReader {
 public:
  explicit RecordReader(std::string_view data) : data_(data) {}

  std::string_view text(std::size_t size);
  Bytes record();

 private:
  std::string_view data_;
};

}  // namespace nethsm::simulator
