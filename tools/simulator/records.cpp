// SPDX-License-Identifier: Apache-2.0
#include "simulator/records.h"

#include "simulator/failure.h"

namespace nethsm::simulator {

void append_record(std::string& file, const Bytes& record) {
  for (int shift = 16; shift >= 0; shift -= 8) file += static_cast<char>(record.size() >> shift & 255);
  file.append(record.begin(), record.end());
}

std::string_view RecordReader::text(std::size_t size) {
  if (size > data_.size()) throw Failure(400, "Unexpected end of data");
  const std::string_view text = data_.substr(0, size);
  data_.remove_prefix(size);
  return text;
}

Bytes RecordReader::record() {
  std::size_t size = 0;
  for (const char byte : text(3)) size = size << 8 | static_cast<unsigned char>(byte);
  return to_bytes(text(size));
}

}  // namespace nethsm::simulator
