// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <new>

#include "base/log_sink.h"

namespace nethsm::log {
namespace {

constexpr Level kUnconfiguredLevel = Level::kWarn;

std::vector<std::string> standard_syslog() { return {"/dev/log", "/var/run/syslog", "/var/run/log"}; }

// The settings and the sinks of this process, behind one lock. Lives as long as the process; a forked child
// in whose parent the lock was held makes itself a new one and leaves the old one alone.
struct Channel {
  std::mutex mutex;
  std::optional<Settings> settings;
  std::vector<SinkPtr> sinks;
  bool opened = false;
};

constinit std::atomic<Level> g_level{kUnconfiguredLevel};
constinit std::atomic<Channel*> g_channel{nullptr};

Channel& channel() {
  Channel* current = g_channel.load(std::memory_order_acquire);
  if (current != nullptr) return *current;
  auto fresh = std::make_unique<Channel>();
  if (!g_channel.compare_exchange_strong(current, fresh.get())) return *current;
  return *fresh.release();
}

// Around whatever the logger does inside a host's thread: errno stays, and the thread is not cancelled in the
// middle (unwinding through a noexcept function would end the process).
class Undisturbed {
 public:
  Undisturbed() : errno_(errno) { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state_); }
  ~Undisturbed() {
    int ignored = 0;
    pthread_setcancelstate(cancel_state_, &ignored);
    errno = errno_;
  }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  int errno_;
  int cancel_state_ = PTHREAD_CANCEL_ENABLE;
};

template <class Action>
void undisturbed(Action&& action) noexcept {
  const Undisturbed guard;
  try {
    action();
  } catch (...) {  // out of memory: a line less
  }
}

Line line_now(Level wanted, std::string_view text) {
  Line line{wanted, {}, text};
  clock_gettime(CLOCK_REALTIME, &line.when);
  return line;
}

// Appends what could be opened to one list, and what is wrong with the rest to the other.
void add(OpenedSink opened, std::vector<SinkPtr>& sinks, std::vector<std::string>& complaints) {
  if (opened) {
    sinks.push_back(std::move(opened).value());
  } else {
    complaints.push_back(std::move(opened).error());
  }
}

void open_configured(const Settings& settings, std::vector<SinkPtr>& sinks,
                     std::vector<std::string>& complaints) {
  if (settings.syslog_socket) {
    add(open_unix_syslog({*settings.syslog_socket}, settings), sinks, complaints);
  } else if (settings.syslog_tcp) {
    add(open_tcp_syslog(settings), sinks, complaints);
  } else if (settings.syslog_udp) {
    add(open_udp_syslog(settings), sinks, complaints);
  }
  if (settings.file)
    add(*settings.file == "-" ? open_stderr() : open_file(*settings.file), sinks, complaints);
  const bool chosen = !sinks.empty() || !complaints.empty();
  std::vector<std::string> no_matter;
  if (!chosen) add(open_unix_syslog(standard_syslog(), settings), sinks, no_matter);
  if (sinks.empty() && chosen) add(open_stderr(), sinks, no_matter);
}

void open_sinks(Channel& locked) {
  locked.opened = true;
  std::vector<std::string> complaints;
  if (locked.settings) {
    open_configured(*locked.settings, locked.sinks, complaints);
  } else {
    add(open_stderr(), locked.sinks, complaints);
  }
  for (const std::string& complaint : complaints) {
    for (const SinkPtr& sink : locked.sinks) sink->put(line_now(Level::kWarn, complaint));
  }
}

void close_sinks(Channel& locked) {
  locked.sinks.clear();
  locked.opened = false;
}

void put(Channel& locked, const Line& line) {
  if (!locked.opened) open_sinks(locked);
  for (const SinkPtr& sink : locked.sinks) sink->put(line);
}

void replace_settings(std::optional<Settings> settings) {
  Channel& own = channel();
  const std::lock_guard lock(own.mutex);
  for (const SinkPtr& sink : own.sinks) sink->flush();
  close_sinks(own);
  g_level = settings ? settings->level : kUnconfiguredLevel;
  own.settings = std::move(settings);
  if (own.settings) open_sinks(own);
}

void put_or_drop(const Line& line) noexcept {
  undisturbed([&] {
    Channel& own = channel();
    const std::lock_guard lock(own.mutex);
    put(own, line);
  });
}

// The whole characters of a text that vsnprintf had to cut.
std::string_view whole_characters(std::string_view text) {
  const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  while (!text.empty() && is_continuation(text.back())) text.remove_suffix(1);
  if (!text.empty() && static_cast<signed char>(text.back()) < 0) text.remove_suffix(1);
  return text;
}

__attribute__((format(printf, 2, 0))) void write_formatted(Level wanted, const char* format,
                                                           va_list arguments) noexcept {
  if (!enabled(wanted)) return;
  const Undisturbed guard;
  char text[kTcpLineCap + 16];  // more than any sink prints, so that the sink marks the cut
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  if (length < 0) return;
  const auto size = static_cast<std::size_t>(length);
  const bool fits = size < sizeof text;
  put_or_drop(
      line_now(wanted, fits ? std::string_view(text, size) : whole_characters({text, sizeof text - 1})));
}

// The sinks for a refusal that the log itself would not show to the user.
std::vector<SinkPtr> refusal_sinks(const Channel& locked) {
  std::vector<SinkPtr> sinks;
  std::vector<std::string> no_matter;
  if (!locked.settings) add(open_unix_syslog(standard_syslog(), Settings{}), sinks, no_matter);
  const auto is_stderr = [](const SinkPtr& sink) { return sink->is_stderr(); };
  if (std::none_of(locked.sinks.begin(), locked.sinks.end(), is_stderr)) add(open_stderr(), sinks, no_matter);
  return sinks;
}

}  // namespace

void configure(const Settings& settings) {
  undisturbed([&] { replace_settings(settings); });
}

void shut_down() {
  undisturbed([] { replace_settings(std::nullopt); });
}

void reopen_after_fork() {
  Channel* inherited = g_channel.load();
  if (inherited == nullptr) return;
  undisturbed([inherited] {
    std::unique_lock lock(inherited->mutex, std::try_to_lock);
    if (lock) {
      close_sinks(*inherited);
    } else {
      g_level = kUnconfiguredLevel;
      g_channel = nullptr;  // its descriptors close on exec
    }
  });
}

Level level() { return g_level.load(std::memory_order_relaxed); }

void trace(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_formatted(Level::kTrace, format, arguments);
  va_end(arguments);
}

void debug(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_formatted(Level::kDebug, format, arguments);
  va_end(arguments);
}

void info(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_formatted(Level::kInfo, format, arguments);
  va_end(arguments);
}

void warn(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_formatted(Level::kWarn, format, arguments);
  va_end(arguments);
}

void error(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_formatted(Level::kError, format, arguments);
  va_end(arguments);
}

void report_refusal(std::string_view text) {
  undisturbed([text]() mutable {
    Channel& own = channel();
    const std::lock_guard lock(own.mutex);
    if (!own.opened) open_sinks(own);
    const std::vector<SinkPtr> more = refusal_sinks(own);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const Line line = line_now(Level::kError, text.substr(0, end));
      put(own, line);
      for (const SinkPtr& sink : more) sink->put(line);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  });
}

}  // namespace nethsm::log
