// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>

namespace nethsm::log {
namespace {
std::atomic<Level> current{Level::kWarn};

void write_line(Level wanted, const char* format, va_list arguments) {
  if (!enabled(wanted)) return;
  char line[2048];
  const int length = std::vsnprintf(line, sizeof line - 1, format, arguments);
  if (length < 0) return;
  std::size_t size = std::min(static_cast<std::size_t>(length), sizeof line - 2);
  line[size++] = '\n';
  if (write(STDERR_FILENO, line, size) < 0) return;
}
}  // namespace

void configure(const Settings& settings) { current = settings.level; }
void shut_down() { current = Level::kWarn; }
void reopen_after_fork() {}
Level level() { return current; }

#define NETHSM_LOG_FUNCTION(name, wanted)  \
  void name(const char* format, ...) {     \
    va_list arguments;                     \
    va_start(arguments, format);           \
    write_line(wanted, format, arguments); \
    va_end(arguments);                     \
  }
NETHSM_LOG_FUNCTION(trace, Level::kTrace)
NETHSM_LOG_FUNCTION(debug, Level::kDebug)
NETHSM_LOG_FUNCTION(info, Level::kInfo)
NETHSM_LOG_FUNCTION(warn, Level::kWarn)
NETHSM_LOG_FUNCTION(error, Level::kError)
#undef NETHSM_LOG_FUNCTION
}  // namespace nethsm::log
