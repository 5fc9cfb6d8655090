// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <cerrno>
#include <deque>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/log_sink.h"
#include "base/socket_address.h"

namespace nethsm::log {
namespace {

constexpr std::size_t kQueueCap = 256U << 10;  // bytes held for a server that connects or reads slowly
constexpr seconds kReconnectPause{10};
constexpr milliseconds kFlushBudget{250};

// A syslog server over TCP, octet-counted (RFC 6587 §3.4.1). Frames that the socket does not take at once
// stay in the queue, where the next line finds them; a connection that breaks takes its queue with it, since
// a frame that was sent in part must not be followed by another.
class TcpSyslog final : public Sink {
 public:
  TcpSyslog(const SocketAddress& server, Speaker speaker) : server_(server), speaker_(std::move(speaker)) {}

  bool start_connecting() {
    retry_at_ = Clock::now() + kReconnectPause;
    Descriptor fresh(socket(server_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fresh.valid()) return false;
    if (connect(fresh.get(), server_.get(), server_.size) != 0 && errno != EINPROGRESS) return false;
    socket_ = std::move(fresh);
    return true;
  }

  void flush() override {
    const Deadline deadline = Deadline::after(kFlushBudget);
    while (socket_.valid() && !queue_.empty() && !deadline.passed()) {
      pollfd room{socket_.get(), POLLOUT, 0};
      if (poll(&room, 1, deadline.left_for_poll()) == 1) send_queue();
    }
  }

 protected:
  bool deliver(const Line& line) override {
    if (socket_.valid()) send_queue();  // which shows whether the connection still stands
    if (!socket_.valid() && (Clock::now() < retry_at_ || !start_connecting())) return false;
    const std::string message = rfc5424(line, speaker_, kTcpLineCap);
    std::string frame = std::to_string(message.size()) + ' ' + message;
    if (queued_bytes_ + frame.size() > kQueueCap) return false;
    queued_bytes_ += frame.size();
    queue_.push_back(std::move(frame));
    send_queue();
    return true;
  }

 private:
  void send_queue() {
    if (connection_has_ended()) return give_up();
    while (!queue_.empty()) {
      std::string& frame = queue_.front();
      const ssize_t sent = send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno == EAGAIN) return;  // full, or still connecting
      if (sent < 0) return give_up();
      frame.erase(0, static_cast<std::size_t>(sent));
      queued_bytes_ -= static_cast<std::size_t>(sent);
      if (frame.empty()) queue_.pop_front();
    }
  }

  // Asked first, else the line after the server's end would vanish without an error. What a server says is
  // dropped.
  bool connection_has_ended() {
    char answer[256];
    const ssize_t size = recv(socket_.get(), answer, sizeof answer, MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
  }

  void give_up() {
    count_dropped(queue_.size());
    socket_.reset();
    queue_.clear();
    queued_bytes_ = 0;
  }

  SocketAddress server_;
  Speaker speaker_;
  Descriptor socket_;
  Clock::time_point retry_at_{};
  std::deque<std::string> queue_;  // frames; the first may have been sent in part
  std::size_t queued_bytes_ = 0;
};

}  // namespace

OpenedSink open_tcp_syslog(const Settings& settings) {
  const auto server = parse_socket_address(*settings.syslog_tcp);
  if (!server) return Unexpected("syslog_tcp: " + *settings.syslog_tcp + " is no address");
  auto sink = std::make_unique<TcpSyslog>(*server, speaker(settings));
  if (!sink->start_connecting()) {
    return Unexpected(system_error("syslog_tcp: " + *settings.syslog_tcp + " cannot be reached"));
  }
  return SinkPtr(std::move(sink));
}

}  // namespace nethsm::log
