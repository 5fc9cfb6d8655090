// SPDX-License-Identifier: Apache-2.0
#include "base/log_line.h"

#include <limits.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/bytes.h"

namespace nethsm::log {
namespace {

struct LevelRow {
  const char* name;
  int severity;
};
constexpr std::array<LevelRow, 5> kLevels{{{"TRACE", LOG_DEBUG},
                                           {"DEBUG", LOG_DEBUG},
                                           {"INFO", LOG_INFO},
                                           {"WARN", LOG_WARNING},
                                           {"ERROR", LOG_ERR}}};

const LevelRow& row(Level level) {
  const auto index = static_cast<std::size_t>(level);
  return kLevels[index < kLevels.size() ? index : kLevels.size() - 1];
}

// localtime_r, gmtime_r and strftime take a lock of the C library that a forked child may find held for ever,
// by a thread that it does not have. So the calendar is computed here, and only the process that loaded the
// module asks for the time zone; its children go on with what it has found.
const pid_t g_loaded_by = getpid();
constinit std::atomic<std::chrono::seconds::rep> g_utc_offset{0};

std::chrono::seconds utc_offset(std::time_t when) {
  if (getpid() == g_loaded_by) {
    tm parts{};
    if (localtime_r(&when, &parts) != nullptr) g_utc_offset = parts.tm_gmtoff;
  }
  return std::chrono::seconds(g_utc_offset);
}

struct Calendar {
  explicit Calendar(std::chrono::seconds since_1970)
      : midnight(std::chrono::floor<std::chrono::days>(since_1970)),
        date(std::chrono::sys_days(midnight)),
        time(since_1970 - midnight) {}
  const std::chrono::days midnight;
  const std::chrono::year_month_day date;
  const std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

std::string utc_timestamp(const timespec& when) {
  const Calendar at{std::chrono::seconds(when.tv_sec)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06ldZ", static_cast<int>(at.date.year()),
                static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                static_cast<int>(at.time.hours().count()), static_cast<int>(at.time.minutes().count()),
                static_cast<int>(at.time.seconds().count()), when.tv_nsec / 1000);
  return text;
}

std::string local_timestamp(const timespec& when) {
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Calendar at{std::chrono::seconds(when.tv_sec) + utc_offset(when.tv_sec)};
  char text[64];
  std::snprintf(text, sizeof text, "%s %2u %02d:%02d:%02d",
                kMonths[(static_cast<unsigned>(at.date.month()) - 1) % 12],
                static_cast<unsigned>(at.date.day()), static_cast<int>(at.time.hours().count()),
                static_cast<int>(at.time.minutes().count()), static_cast<int>(at.time.seconds().count()));
  return text;
}

std::string priority(const Line& line, const Speaker& speaker) {
  return '<' + std::to_string(speaker.facility | row(line.level).severity) + '>';
}

// A field of a syslog header.
std::string field(std::string_view text, std::size_t cap) {
  std::string kept;
  for (const char c : text.substr(0, cap)) kept += c > ' ' && c < '\x7f' ? c : '_';
  return kept.empty() ? "-" : kept;
}

std::string own_hostname() {
  char name[HOST_NAME_MAX + 1]{};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string own_program() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0) return "unknown";
  const std::string_view whole(path, static_cast<std::size_t>(size));
  return std::string(whole.substr(whole.rfind('/') + 1));
}

// The start of a character that may not be printed as it is: a control character of ASCII or, in UTF-8, of
// the C1 range, which terminals obey as well.
bool is_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return true;
  return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

std::string escaped(char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string printable(std::string_view text, std::size_t cap) {
  constexpr std::string_view kCut = "...";
  const bool utf8 = is_valid_utf8(as_bytes(text));
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() <= cap; ++i) {
    if (is_control(text, i)) {
      out += escaped(text[i]);
      if (static_cast<unsigned char>(text[i]) == 0xc2) out += escaped(text[++i]);
    } else if (!utf8 && static_cast<signed char>(text[i]) < 0) {
      out += escaped(text[i]);
    } else {
      out += text[i];
    }
  }
  if (out.size() <= cap) return out;
  std::size_t end = cap - kCut.size();
  while (end > 0 && is_continuation(out[end])) --end;
  return out.substr(0, end).append(kCut);
}

Speaker speaker(const Settings& settings) {
  Speaker who;
  who.facility = facility_code(settings.syslog_facility).value_or(LOG_USER);
  who.hostname = field(settings.syslog_hostname.value_or(own_hostname()), 255);
  who.process = field(settings.syslog_process.value_or(own_program()), 48);
  who.pid = std::to_string(settings.syslog_pid.value_or(static_cast<std::uint32_t>(getpid())));
  return who;
}

std::string file_line(const Line& line) {
  char head[48];
  std::snprintf(head, sizeof head, " %-5s nethsm_pkcs11[%d]: ", row(line.level).name, getpid());
  return utc_timestamp(line.when) + head + printable(line.text, kLineCap) + '\n';
}

std::string rfc3164(const Line& line, const Speaker& speaker) {
  return priority(line, speaker) + local_timestamp(line.when) + ' ' + speaker.process + '[' + speaker.pid +
         "]: " + printable(line.text, kLineCap);
}

std::string rfc5424(const Line& line, const Speaker& speaker, std::size_t cap) {
  constexpr const char* kNoMessageIdNoData = " - - ";
  return priority(line, speaker) + "1 " + utc_timestamp(line.when) + ' ' + speaker.hostname + ' ' +
         speaker.process + ' ' + speaker.pid + kNoMessageIdNoData + printable(line.text, cap);
}

}  // namespace nethsm::log
