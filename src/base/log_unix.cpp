// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "base/descriptor.h"
#include "base/log_sink.h"
#include "base/socket_address.h"

namespace nethsm::log {
namespace {

// The syslog daemon of this machine, in its own format. Connects anew when the daemon has been restarted.
class UnixSyslog final : public Sink {
 public:
  UnixSyslog(std::vector<std::string> paths, Speaker speaker)
      : paths_(std::move(paths)), speaker_(std::move(speaker)) {}

  bool connect_first() {
    for (const std::string& path : paths_) {
      if (connect_to(path)) return true;
    }
    return false;
  }

 protected:
  bool deliver(const Line& line) override {
    const std::string message = rfc3164(line, speaker_);
    if (send_datagram(message)) return true;
    if (errno == EAGAIN || errno == EMSGSIZE || errno == ENOBUFS) return false;
    return connect_first() && send_datagram(message);
  }

 private:
  bool connect_to(const std::string& path) {
    const auto address = unix_socket_address(path);
    if (!address) {
      errno = ENAMETOOLONG;
      return false;
    }
    Descriptor fresh(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fresh.valid() || connect(fresh.get(), address->get(), address->size) != 0) return false;
    socket_ = std::move(fresh);
    return true;
  }

  bool send_datagram(const std::string& message) {
    return send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) >= 0;
  }

  std::vector<std::string> paths_;
  Speaker speaker_;
  Descriptor socket_;
};

}  // namespace

OpenedSink open_unix_syslog(std::vector<std::string> paths, const Settings& settings) {
  const std::string first = paths.empty() ? "" : paths.front();
  auto sink = std::make_unique<UnixSyslog>(std::move(paths), speaker(settings));
  if (!sink->connect_first()) {
    return Unexpected(system_error("syslog_socket \"" + first + "\" cannot be reached"));
  }
  return SinkPtr(std::move(sink));
}

}  // namespace nethsm::log
