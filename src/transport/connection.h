// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "transport/endpoint.h"
#include "transport/message.h"
#include "transport/read_buffer.h"
#include "transport/resolver.h"
#include "transport/response_parser.h"
#include "transport/socket.h"
#include "transport/stream.h"
#include "transport/tls.h"

namespace nethsm::transport {

// One connection to an instance, as a state machine that never waits: connecting, shaking hands, ready,
// broken. Its user waits with poll(2) for what wait() says and then calls advance(), so one thread can drive
// many.
//
// Requests may be submitted at any time, also several (pipelining): they are sent in order as soon as
// possible, and the answers come in the same order. A broken connection stays broken; what was submitted and
// not answered has failed, each at the phase it had come to. Nothing is ever sent twice.
//
// Not thread-safe. Belongs to the process that made it: a forked child only closes the descriptor.
class Connection {
 public:
  struct Target {
    const Endpoint& endpoint;  // must outlive the connection
    std::vector<Address> addresses;
    std::shared_ptr<const TlsContext> tls;  // null with http://
    OpenSockets* listed = nullptr;
  };
  // Must have connected to one of the addresses and shaken hands by `ready_by`.
  Connection(Target target, Deadline ready_by);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void submit(const Request& request);

  struct Wait {
    int descriptor = -1;
    short events = 0;         // for poll(2)
    Clock::time_point until;  // advance() is due then at the latest, whatever poll says
  };
  Wait wait() const;
  // Goes as far as possible without waiting; `revents` is what poll(2) said, 0 if it was not asked.
  void advance(short revents);

  std::optional<Response> take_answer();
  std::size_t unanswered() const { return flying_.size(); }

  const Failure* failure() const { return failure_ ? &*failure_ : nullptr; }
  // How far the n-th of the unanswered requests had come.
  Phase phase_of(std::size_t position) const;
  // Broken because an answer said that it was the last one here, which is no fault.
  bool ended_by_answer() const { return ended_by_answer_; }
  // The peer takes too long, or nobody wants the answer any more.
  void give_up(FailureKind kind, std::string why) { fail(kind, std::move(why)); }

  bool is_ready() const { return state_ == State::kReady && !failure_; }
  bool is_idle() const { return is_ready() && flying_.empty() && !closing_ && in_.empty(); }
  // For an idle connection: the peer has closed it or has said something unasked. Looks into TLS, where a
  // tidy close is data like any other.
  bool is_stale();
  bool is_inherited() const;  // made by the parent of this process

 private:
  enum class State : std::uint8_t { kStart, kConnecting, kHandshaking, kReady };
  struct Flying {
    std::uint64_t begin, end;  // the request's place in the stream of bytes to send
  };

  void connect_on(short revents);
  void connect_to_next();
  void connected();
  void shake_hands();
  void send_pending();
  void receive();
  void parse();
  void parse_end();
  void fail(FailureKind kind, std::string what);
  void close() noexcept;
  Phase phase_before_ready() const;
  std::uint64_t queued() const { return written_ + (out_.size() - out_begin_); }

  const Endpoint& endpoint_;
  const std::vector<Address> addresses_;
  const std::shared_ptr<const TlsContext> tls_;
  OpenSockets* const listed_;
  const Deadline ready_by_;
  const pid_t owner_;

  State state_ = State::kStart;
  std::size_t next_address_ = 0;
  Deadline address_until_;
  int connect_error_ = 0;
  Socket socket_;
  std::unique_ptr<Stream> stream_;
  bool want_write_ = false;  // to go on, for which the socket must be writable
  bool closing_ = false;     // the last answer was the last on this connection

  SecretBytes out_;  // from out_begin_ on: not yet written
  std::size_t out_begin_ = 0;
  std::uint64_t written_ = 0;  // bytes accepted by the stream since the start
  std::uint64_t exposed_ = 0;  // bytes below this may have reached the peer
  ReadBuffer in_;
  ResponseParser parser_;
  std::deque<Flying> flying_;
  std::deque<Response> answers_;
  std::optional<Failure> failure_;
  std::vector<Phase> phases_at_failure_;
  bool ended_by_answer_ = false;
};

}  // namespace nethsm::transport
