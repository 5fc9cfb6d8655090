// SPDX-License-Identifier: Apache-2.0
#include "transport/connection.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "transport/request_head.h"

namespace nethsm::transport {

Connection::Connection(Target target, Deadline ready_by)
    : endpoint_(target.endpoint),
      addresses_(std::move(target.addresses)),
      tls_(std::move(target.tls)),
      listed_(target.listed),
      ready_by_(ready_by),
      owner_(::getpid()),
      address_until_(ready_by) {}

Connection::~Connection() {
  // A child that says goodbye would end its parent's connection.
  if (is_ready() && !is_inherited()) stream_->say_goodbye();
}

bool Connection::is_inherited() const { return ::getpid() != owner_; }

void Connection::submit(const Request& request) {
  const auto begin = queued();
  append_request(out_, endpoint_, request);
  flying_.push_back({begin, queued()});
  if (state_ == State::kReady) want_write_ = true;
  if (failure_) phases_at_failure_.push_back(Phase::kResolve);
}

Connection::Wait Connection::wait() const {
  if (failure_) return {-1, 0, Clock::time_point()};
  switch (state_) {
    case State::kStart:
      return {-1, 0, Clock::time_point()};
    case State::kConnecting:
      return {socket_.descriptor(), POLLOUT, address_until_.when()};
    case State::kHandshaking:
      return {socket_.descriptor(), static_cast<short>(want_write_ ? POLLOUT : POLLIN), ready_by_.when()};
    case State::kReady:
      break;
  }
  return {socket_.descriptor(), static_cast<short>(want_write_ ? POLLIN | POLLOUT : POLLIN),
          Clock::time_point::max()};
}

void Connection::advance(short revents) {
  if (failure_) return;
  if (state_ == State::kStart || state_ == State::kConnecting) {
    connect_on(revents);
    if (state_ != State::kHandshaking || failure_) return;
  }
  bool readable = revents != 0;
  if (state_ == State::kHandshaking) {
    shake_hands();
    if (state_ != State::kReady || failure_) return;
    readable = stream_->has_unread();  // came with the end of the handshake: poll(2) will not show it
  }
  if (out_begin_ < out_.size()) send_pending();
  if (readable && !failure_) receive();
}

void Connection::connect_on(short revents) {
  if (state_ == State::kStart) return connect_to_next();
  if (revents == 0) {
    if (!address_until_.passed()) return;
    connect_error_ = ETIMEDOUT;
    return connect_to_next();
  }
  const int error = socket_.connect_result();
  if (error == 0) return connected();
  connect_error_ = error;
  connect_to_next();
}

// Each address gets an equal share of the time that is left, so that one that swallows packets does not
// starve the rest.
void Connection::connect_to_next() {
  state_ = State::kConnecting;
  while (next_address_ < addresses_.size()) {
    if (ready_by_.passed()) {
      connect_error_ = ETIMEDOUT;
      break;
    }
    const auto remaining = static_cast<Clock::duration::rep>(addresses_.size() - next_address_);
    address_until_ = Deadline::after(ready_by_.left() / remaining).earlier(ready_by_);
    const int error = socket_.connect(addresses_[next_address_++], endpoint_.keepalive, listed_);
    if (error == 0) return connected();
    if (error == EINPROGRESS) return;
    connect_error_ = error;
  }
  const bool local = connect_error_ == EMFILE || connect_error_ == ENFILE || connect_error_ == ENOMEM;
  const auto kind = connect_error_ == ETIMEDOUT ? FailureKind::kTimeout
                    : local                     ? FailureKind::kLocal
                                                : FailureKind::kConnect;
  std::string where;
  for (const auto& address : addresses_) where += (where.empty() ? "" : ", ") + address.to_string();
  fail(kind, "cannot connect to " + where + ": " + errno_text(connect_error_));
}

void Connection::connected() {
  stream_ = tls_ ? tls_stream(tls_, socket_, endpoint_.host) : plain_stream(socket_);
  if (!stream_) return fail(FailureKind::kLocal, "TLS cannot be set up for this host");
  state_ = State::kHandshaking;
}

void Connection::shake_hands() {
  const auto progress = stream_->handshake();
  want_write_ = progress == Progress::kWantWrite;
  if (progress == Progress::kDone) {
    state_ = State::kReady;
  } else if (progress == Progress::kFailed || progress == Progress::kEnded) {
    const auto& error = stream_->error();
    fail(error.kind, (error.while_verifying ? "" : "TLS handshake: ") + error.text);
  } else if (ready_by_.passed()) {
    fail(FailureKind::kTimeout, "the TLS handshake took too long");
  }
}

void Connection::send_pending() {
  constexpr std::size_t kRecord = 16 * 1024;  // a stream takes no more at once
  want_write_ = false;
  while (out_begin_ < out_.size()) {
    const auto rest = ByteView(out_).subspan(out_begin_);
    const auto sent_before = socket_.bytes_sent();
    const auto transfer = stream_->write(rest);
    if (transfer.progress == Progress::kDone || socket_.bytes_sent() != sent_before) {
      exposed_ = std::max(exposed_, written_ + std::max(transfer.bytes, std::min(rest.size(), kRecord)));
    }
    if (transfer.progress == Progress::kWantWrite || transfer.progress == Progress::kWantRead) {
      want_write_ = transfer.progress == Progress::kWantWrite;
      return;
    }
    if (transfer.progress != Progress::kDone) return fail(stream_->error().kind, stream_->error().text);
    written_ += transfer.bytes;
    out_begin_ += transfer.bytes;
  }
  SecretBytes().swap(out_);  // wiped: it has held the credential
  out_begin_ = 0;
}

void Connection::receive() {
  while (!failure_) {
    const auto transfer = stream_->read(in_.room());
    switch (transfer.progress) {
      case Progress::kDone:
        in_.received(transfer.bytes);
        parse();
        if (flying_.empty()) return;  // whatever else comes is seen before the next use
        break;
      case Progress::kWantRead:
        return;
      case Progress::kWantWrite:
        want_write_ = true;
        return;
      case Progress::kEnded:
        return parse_end();
      case Progress::kFailed:
        return fail(stream_->error().kind, stream_->error().text);
    }
  }
}

void Connection::parse() {
  while (!in_.empty() && !flying_.empty() && !failure_) {
    in_.consume(parser_.feed(in_.content()));
    if (const auto* failure = parser_.failure()) return fail(failure->kind, failure->message);
    if (!parser_.complete()) return;
    // An answer that overtakes its request leaves the rest of the request in the way of the next one.
    closing_ = !parser_.keeps_connection() || written_ < flying_.front().end;
    answers_.push_back(parser_.take());
    flying_.pop_front();
    if (closing_) {
      ended_by_answer_ = true;
      if (!flying_.empty()) fail(FailureKind::kClosed, "the peer has ended the connection after an answer");
    }
  }
}

void Connection::parse_end() {
  if (!parser_.started()) return fail(FailureKind::kClosed, "the peer has closed the connection");
  parser_.feed_end();
  if (const auto* failure = parser_.failure()) return fail(failure->kind, failure->message);
  answers_.push_back(parser_.take());
  flying_.pop_front();
  closing_ = ended_by_answer_ = true;
  fail(FailureKind::kClosed, "the peer has closed the connection after an answer");
}

std::optional<Response> Connection::take_answer() {
  if (answers_.empty()) return std::nullopt;
  auto answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

Phase Connection::phase_before_ready() const {
  return state_ == State::kHandshaking ? Phase::kTls : Phase::kConnect;
}

Phase Connection::phase_of(std::size_t position) const {
  if (position < phases_at_failure_.size()) return phases_at_failure_[position];
  if (state_ != State::kReady) return phase_before_ready();
  const auto& request = flying_[position];
  if (exposed_ <= request.begin) return Phase::kVerify;
  if (written_ < request.end) return Phase::kSending;
  return position == 0 && parser_.started() ? Phase::kAnswering : Phase::kSent;
}

void Connection::fail(FailureKind kind, std::string what) {
  if (failure_) return;
  const bool verifying = stream_ && stream_->error().while_verifying;
  std::vector<Phase> phases;
  for (std::size_t i = 0; i < flying_.size(); ++i) {
    phases.push_back(verifying ? Phase::kVerify : phase_of(i));
  }
  const auto first = !phases.empty()                        ? phases.front()
                     : verifying || state_ == State::kReady ? Phase::kVerify
                                                            : phase_before_ready();
  phases_at_failure_ = std::move(phases);
  failure_ = Failure{kind, first, std::move(what)};
  close();
}

void Connection::close() noexcept {
  SecretBytes().swap(out_);
  out_begin_ = 0;
  stream_.reset();
  socket_.close();
}

bool Connection::is_stale() {
  if (!is_idle()) return true;
  if (!stream_->has_unread() && !socket_.readable_now()) return false;
  std::uint8_t unexpected = 0;
  if (stream_->read({&unexpected, 1}).progress == Progress::kWantRead) return false;
  fail(FailureKind::kClosed, "the peer has closed the idle connection");
  return true;
}

}  // namespace nethsm::transport
