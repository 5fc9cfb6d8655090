// SPDX-License-Identifier: Apache-2.0
#include "base/log_line.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::log;
using namespace std::string_literals;

namespace {
const Speaker kSpeaker{19 << 3, "host", "signer", "4711"};
const timespec kNoon{1769860800, 123456789};  // 2026-01-31T12:00:00Z
}  // namespace

TEST_CASE("Control characters of a log line are escaped") {
  CHECK(printable("one\ntwo\tthree\r\x1b[31m\x7f", 100) == "one\\ntwo\\tthree\\x0d\\x1b[31m\\x7f");
  CHECK(printable("nul\0byte"s, 100) == "nul\\x00byte");
  CHECK(printable("C1 \xc2\x9b"s + "31m", 100) == "C1 \\xc2\\x9b31m");
}

TEST_CASE("UTF-8 stays readable in a log line and other bytes are escaped") {
  CHECK(printable("Schl\xc3\xbcssel", 100) == "Schl\xc3\xbcssel");
  CHECK(printable("Schl\xfcssel", 100) == "Schl\\xfcssel");
}

TEST_CASE("A long log line is cut at a character's end and marked") {
  CHECK(printable("12345678", 8) == "12345678");
  CHECK(printable("123456789", 8) == "12345...");
  CHECK(printable("1234\xc3\xbc\xc3\xbc\xc3\xbc", 8) == "1234...");
  const std::string cut = printable(std::string(5000, '\n'), kLineCap);
  CHECK(cut.size() <= kLineCap);
  CHECK(is_valid_utf8(as_bytes(cut)));
}

TEST_CASE("A line for a remote syslog server follows RFC 5424") {
  CHECK(rfc5424({Level::kError, kNoon, "text"}, kSpeaker, 100) ==
        "<155>1 2026-01-31T12:00:00.123456Z host signer 4711 - - text");
}

TEST_CASE("The severity of syslog follows the level") {
  const auto [level, priority] = GENERATE(table<Level, std::string>({{Level::kError, "<155>"},
                                                                     {Level::kWarn, "<156>"},
                                                                     {Level::kInfo, "<158>"},
                                                                     {Level::kDebug, "<159>"},
                                                                     {Level::kTrace, "<159>"}}));
  CHECK(rfc5424({level, kNoon, "text"}, kSpeaker, 100).substr(0, 5) == priority);
}

TEST_CASE("A line for a local syslog daemon follows RFC 3164 in local time") {
  setenv("TZ", "XYZ-2", 1);
  tzset();
  CHECK(rfc3164({Level::kWarn, kNoon, "text"}, kSpeaker) == "<156>Jan 31 14:00:00 signer[4711]: text");
  const timespec first_of_march{1772326923, 0};
  CHECK(rfc3164({Level::kWarn, first_of_march, "text"}, kSpeaker) ==
        "<156>Mar  1 03:02:03 signer[4711]: text");
  unsetenv("TZ");
  tzset();
}

TEST_CASE("A line for a file has time, level and process") {
  const std::string line = file_line({Level::kInfo, kNoon, "text"});
  CHECK(line == "2026-01-31T12:00:00.123456Z INFO  nethsm_pkcs11[" + std::to_string(getpid()) + "]: text\n");
}

TEST_CASE("What speaks to syslog is the process itself unless configured") {
  const Speaker own = speaker({});
  CHECK(own.facility == 1 << 3);
  CHECK(own.process == "base_test");
  CHECK(own.pid == std::to_string(getpid()));
  CHECK_FALSE(own.hostname.empty());
}

TEST_CASE("Configured header fields of syslog cannot break the header") {
  Settings settings;
  settings.syslog_hostname = "a host\n";
  settings.syslog_process = "";
  CHECK(speaker(settings).hostname == "a_host_");
  CHECK(speaker(settings).process == "-");
}

TEST_CASE("The facilities of syslog are known by name") {
  CHECK(facility_code("kern") == 0);
  CHECK(facility_code("authpriv") == 10 << 3);
  CHECK(facility_code("local7") == 23 << 3);
  CHECK_FALSE(facility_code("LOCAL7").has_value());
}
