// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "transport/message.h"

namespace nethsm::transport {

// The largest answers are those to decrypt and encrypt, whose requests the device bounds at 67 MiB.
constexpr std::size_t kMaxBody = std::size_t{70} << 20;
constexpr std::size_t kMaxHeader = std::size_t{32} << 10;

// Reads HTTP/1.1 answers (RFC 9112) from a stream of bytes, one after another; interim answers (1xx) are
// swallowed. What contradicts itself is refused rather than guessed at: two lengths, a length and chunks,
// encodings other than chunked. Not thread-safe.
class ResponseParser {
 public:
  explicit ResponseParser(std::size_t max_body = kMaxBody);
  ~ResponseParser();

  // Takes bytes of at most one answer and says how many; the others must be offered again, with what follows
  // them.
  std::size_t feed(ByteView input);
  // The peer has closed in good order, which may be how the answer ends.
  void feed_end();

  bool started() const;   // some bytes of the current answer have been seen
  bool complete() const;  // take() has something
  const Failure* failure() const;

  // Valid between complete() and take(): another answer may follow on this connection.
  bool keeps_connection() const;

  // The answer; the parser is ready for the next one.
  Response take();

 private:
  class Message;
  void refuse(FailureKind kind, std::string message);
  void expect_next();
  bool is_interim();

  const std::size_t max_body_;
  std::unique_ptr<Message> message_;
  std::unique_ptr<Failure> failure_;
  unsigned interim_answers_ = 0;
  bool started_ = false;
};

}  // namespace nethsm::transport
