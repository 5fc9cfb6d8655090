// SPDX-License-Identifier: Apache-2.0
#include "base/log_sink.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace nethsm::log {

void Sink::put(const Line& line) {
  if (const std::size_t dropped = std::exchange(dropped_, 0); dropped > 0) {
    const std::string notice = std::to_string(dropped) + " lines of the log were dropped";
    if (!deliver({Level::kWarn, line.when, notice})) dropped_ += dropped;
  }
  if (!deliver(line)) ++dropped_;
}

std::string system_error(const std::string& what) {
  return what + ": " + std::generic_category().message(errno);
}

}  // namespace nethsm::log
