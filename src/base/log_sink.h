// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log_line.h"
#include "base/result.h"

namespace nethsm::log {

// A place where lines go. Used under the logger's lock. Never blocks on a reader, never raises SIGPIPE; owns
// its descriptor, which the destructor gives back with close(2) and nothing else.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // A line that finds no room is dropped and counted; the next one that does is preceded by the count.
  void put(const Line& line);

  // Delivers what is still queued, for a moment at most.
  virtual void flush() {}
  virtual bool is_stderr() const { return false; }

 protected:
  virtual bool deliver(const Line& line) = 0;  // false: no room
  void count_dropped(std::size_t lines) { dropped_ += lines; }

 private:
  std::size_t dropped_ = 0;
};

using SinkPtr = std::unique_ptr<Sink>;
using OpenedSink = Result<SinkPtr, std::string>;  // the error names the place and the reason

OpenedSink open_stderr();
OpenedSink open_file(const std::string& path);
OpenedSink open_unix_syslog(std::vector<std::string> paths,
                            const Settings& settings);  // the first that works
OpenedSink open_udp_syslog(const Settings& settings);
OpenedSink open_tcp_syslog(const Settings& settings);

// The failure of a system call, from errno.
std::string system_error(const std::string& what);

}  // namespace nethsm::log
