// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/log.h"

// What a line of the log looks like in each place it can go to.
namespace nethsm::log {

constexpr std::size_t kLineCap =
    2048;  // bytes of text; what a syslog server must take in a datagram (RFC 5424 §6.1)
constexpr std::size_t kTcpLineCap = 8192;  // a stream has no datagrams to overflow

// The text with control characters escaped, and, unless it is UTF-8, all beyond ASCII too: nothing that an
// application passes in can fake a line or reach into a terminal. Cut to `cap` bytes at a character's end.
std::string printable(std::string_view text, std::size_t cap);

struct Line {
  Level level;
  timespec when;
  std::string_view text;  // raw
};

// Who speaks, as syslog wants to know it. The strings hold printable ASCII without blanks.
struct Speaker {
  int facility;  // the code already shifted into place
  std::string hostname;
  std::string process;
  std::string pid;
};
Speaker speaker(const Settings& settings);

// "2026-01-31T12:00:00.123456Z WARN  nethsm_pkcs11[4711]: text", with the newline.
std::string file_line(const Line& line);
// RFC 3164 as local sockets expect it: without a host name.
std::string rfc3164(const Line& line, const Speaker& speaker);
std::string rfc5424(const Line& line, const Speaker& speaker, std::size_t cap);

}  // namespace nethsm::log
