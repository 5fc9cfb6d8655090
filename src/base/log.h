// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The module's logger: stderr, a file, or syslog over a unix socket, UDP or TCP. Never blocks on the network,
// never touches the host's openlog(3) state, never throws. All functions are thread-safe.
namespace nethsm::log {

enum class Level : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };

// Where lines go; the defaults are also those of the configuration file. The members mirror the configuration
// keys of the same names (config/p11nethsm.conf.example).
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

// The code of a syslog facility such as "user" or "local0".
std::optional<int> facility_code(std::string_view name);

// Replaces the sinks and the level. One syslog sink is opened (the order is socket, tcp, udp) and the file;
// if the settings name neither, the standard syslog socket of the machine, and nothing if there is none:
// applications mistake lines on stderr for answers. A sink that cannot be opened is reported on the others
// and left out; if that leaves none, and before the first call, lines of level warn and above go to stderr.
void configure(const Settings& settings);

// Closes every descriptor and goes back to the state before configure().
void shut_down();

// In a forked child: gives up inherited descriptors with close(2) and opens the sinks anew at the next line.
// Takes no lock that could be held by a thread that does not exist here.
void reopen_after_fork();

Level level();
inline bool enabled(Level wanted) { return wanted >= level(); }

// printf-style. Control characters are escaped, lines are cut at 2 KiB (8 KiB over TCP). Never pass a
// Secret's bytes.
void trace(const char* format, ...) __attribute__((format(printf, 1, 2)));
void debug(const char* format, ...) __attribute__((format(printf, 1, 2)));
void info(const char* format, ...) __attribute__((format(printf, 1, 2)));
void warn(const char* format, ...) __attribute__((format(printf, 1, 2)));
void error(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Why C_Initialize refuses to work, line by line: into the log (without one, the standard syslog) and, as the
// user has to see it, to stderr in any case.
void report_refusal(std::string_view text);

}  // namespace nethsm::log
