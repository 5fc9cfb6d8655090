// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/descriptor.h"
#include "base/log.h"
#include "base/socket_address.h"
#include "catch.hpp"

// The other ends of the logger's sinks, for tests.
namespace nethsm::log {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nethsm-log-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Standard error goes into a file while this lives.
class CapturedStderr {
 public:
  CapturedStderr() : previous_(dup(STDERR_FILENO)) {
    const Descriptor file(open((folder_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    REQUIRE(dup2(file.get(), STDERR_FILENO) == STDERR_FILENO);
  }
  ~CapturedStderr() { dup2(previous_.get(), STDERR_FILENO); }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  std::string text() const { return read_file(folder_ / "stderr"); }

 private:
  TemporaryFolder folder_;
  Descriptor previous_;
};

// A socket that is bound, and that tests read from with a time limit.
class Receiver {
 public:
  Receiver(int type, const SocketAddress& address)
      : socket_(socket(address.family(), type | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    REQUIRE(bind(socket_.get(), address.get(), address.size) == 0);
  }

  std::string address() const {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    return "127.0.0.1:" + std::to_string(ntohs(bound.sin_port));
  }

  bool has_message(int milliseconds = 0) const {
    pollfd waiting{socket_.get(), POLLIN, 0};
    return poll(&waiting, 1, milliseconds) == 1;
  }

  std::string next() const {
    REQUIRE(has_message(5000));
    char text[16384];
    const ssize_t size = recv(socket_.get(), text, sizeof text, 0);
    REQUIRE(size >= 0);
    return {text, static_cast<std::size_t>(size)};
  }

  Descriptor accept_one() const {
    REQUIRE(has_message(5000));
    return Descriptor(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }

  int fd() const { return socket_.get(); }

 private:
  Descriptor socket_;
};

inline Receiver udp_receiver() { return {SOCK_DGRAM, *parse_socket_address("127.0.0.1:0")}; }
inline Receiver tcp_listener() {
  Receiver listener(SOCK_STREAM, *parse_socket_address("127.0.0.1:0"));
  REQUIRE(listen(listener.fd(), 4) == 0);
  return listener;
}
inline Receiver unix_receiver(const std::string& path) { return {SOCK_DGRAM, *unix_socket_address(path)}; }

// The logger as these settings make it, and back as it was at the end.
class Configured {
 public:
  explicit Configured(const Settings& settings) { configure(settings); }
  ~Configured() { shut_down(); }
  Configured(const Configured&) = delete;
  Configured& operator=(const Configured&) = delete;
};

inline Settings named_settings() {
  Settings settings;
  settings.syslog_facility = "local3";
  settings.syslog_hostname = "host.example";
  settings.syslog_process = "signer";
  settings.syslog_pid = 4711;
  return settings;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace nethsm::log
