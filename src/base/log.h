// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The module's logger: stderr, a file, or syslog over a unix socket, UDP or TCP. Never blocks on the network, never
// touches the host's openlog(3) state, never throws. All functions are thread-safe.
namespace nethsm::log {

enum class Level : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };

// Where lines go. The members mirror the configuration keys of the same names (config/p11nethsm.conf.example).
struct Settings {
  Level level = Level::kWarn;
  std::optional<std::string> file;  // a path, or "-" for stderr
  std::optional<std::string> syslog_socket;
  struct Udp {
    std::string to_addr;  // "ip:port" or "[v6]:port"
    std::string from_addr;
  };
  std::optional<Udp> syslog_udp;
  std::optional<std::string> syslog_tcp;  // "ip:port" or "[v6]:port"
  std::string syslog_facility = "user";
  std::optional<std::string> syslog_hostname;
  std::optional<std::string> syslog_process;
  std::optional<std::uint32_t> syslog_pid;
};

// Replaces the sinks and the level. Before the first call, and after a failure of all sinks, lines of level warn and
// above go to stderr. A sink that cannot be opened is reported on the others (or stderr) and left out.
void configure(const Settings& settings);

// Closes every descriptor and goes back to the state before configure().
void shut_down();

// In a forked child: gives up inherited descriptors with close(2) and opens the sinks anew at the next line.
void reopen_after_fork();

Level level();
inline bool enabled(Level wanted) { return wanted >= level(); }

// printf-style. Control characters are escaped, lines are cut at 2 KiB (8 KiB over TCP). Never pass a Secret's bytes.
void trace(const char* format, ...) __attribute__((format(printf, 1, 2)));
void debug(const char* format, ...) __attribute__((format(printf, 1, 2)));
void info(const char* format, ...) __attribute__((format(printf, 1, 2)));
void warn(const char* format, ...) __attribute__((format(printf, 1, 2)));
void error(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace nethsm::log
