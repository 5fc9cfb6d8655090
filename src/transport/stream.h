// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "transport/message.h"
#include "transport/socket.h"

namespace nethsm::transport {

// What became of a step that may not wait.
enum class Progress : std::uint8_t {
  kDone,
  kWantRead,   // again when the socket is readable
  kWantWrite,  // again when it is writable
  kEnded,      // the peer has closed in good order
  kFailed,     // error() says why
};

struct Transfer {
  Progress progress = Progress::kFailed;
  std::size_t bytes = 0;  // with kDone
};

struct StreamError {
  FailureKind kind = FailureKind::kClosed;
  bool while_verifying = false;  // the peer's certificate was refused
  std::string text;
};

// A byte stream over a connected socket, which it does not own and which must outlive it; plain or TLS. Not
// thread-safe.
class Stream {
 public:
  virtual ~Stream() = default;

  virtual Progress handshake() = 0;
  virtual Transfer read(std::span<std::uint8_t> into) = 0;
  virtual Transfer write(ByteView data) = 0;
  // True if something has arrived that poll(2) on the socket does not show.
  virtual bool has_unread() const = 0;
  // Tells the peer that nothing more comes, if that is possible without waiting.
  virtual void say_goodbye() noexcept = 0;

  const StreamError& error() const { return error_; }

 protected:
  StreamError error_;
};

std::unique_ptr<Stream> plain_stream(Socket& socket);

// "Connection reset by peer", thread-safe.
std::string errno_text(int error);

}  // namespace nethsm::transport
