// SPDX-License-Identifier: Apache-2.0
#include "base/descriptor.h"
#include "base/log_sink.h"
#include "base/socket_address.h"

namespace nethsm::log {
namespace {

class UdpSyslog final : public Sink {
 public:
  UdpSyslog(Descriptor socket, Speaker speaker) : socket_(std::move(socket)), speaker_(std::move(speaker)) {}

 protected:
  bool deliver(const Line& line) override {
    const std::string message = rfc5424(line, speaker_, kLineCap);
    // The first attempt may only fetch the ICMP error of an earlier datagram.
    return send_datagram(message) || send_datagram(message);
  }

 private:
  bool send_datagram(const std::string& message) {
    return send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) >= 0;
  }

  Descriptor socket_;
  Speaker speaker_;
};

}  // namespace

OpenedSink open_udp_syslog(const Settings& settings) {
  const auto to = parse_socket_address(settings.syslog_udp->to_addr);
  const auto from = parse_socket_address(settings.syslog_udp->from_addr);
  if (!to || !from || to->family() != from->family()) {
    return Unexpected(std::string("syslog_udp: to_addr and from_addr are no pair of addresses"));
  }
  Descriptor fresh(socket(to->family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fresh.valid()) return Unexpected(system_error("syslog_udp: no socket"));
  if (bind(fresh.get(), from->get(), from->size) != 0) {
    return Unexpected(system_error("syslog_udp: from_addr " + settings.syslog_udp->from_addr));
  }
  if (connect(fresh.get(), to->get(), to->size) != 0) {
    return Unexpected(system_error("syslog_udp: to_addr " + settings.syslog_udp->to_addr));
  }
  return SinkPtr(std::make_unique<UdpSyslog>(std::move(fresh), speaker(settings)));
}

}  // namespace nethsm::log
