// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "base/log.h"

namespace nethsm::test {

// The module's log while a test runs.
class CapturedLog {
 public:
  CapturedLog() {
    ::close(::mkstemp(path_.data()));
    log::Settings settings;
    settings.level = log::Level::kInfo;
    settings.file = path_;
    log::configure(settings);
  }
  ~CapturedLog() {
    log::shut_down();
    ::unlink(path_.c_str());
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  int lines_with(const std::string& part) const {
    std::ifstream file(path_);
    int count = 0;
    for (std::string line; std::getline(file, line);) count += line.find(part) != std::string::npos ? 1 : 0;
    return count;
  }

 private:
  std::string path_ = "/tmp/nethsm-log-XXXXXX";
};

}  // namespace nethsm::test
