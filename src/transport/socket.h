// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "transport/endpoint.h"
#include "transport/open_sockets.h"
#include "transport/resolver.h"

namespace nethsm::transport {

// One non-blocking TCP socket, close-on-exec, without Nagle's algorithm, which never raises SIGPIPE.
// Remembers what the last call met, as OpenSSL loses it on the way. Not thread-safe; owns its descriptor.
class Socket {
 public:
  Socket() = default;
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Starts to connect. 0, EINPROGRESS, or why it failed. `listed` may be null.
  int connect(const Address& address, const std::optional<TcpKeepalive>& keepalive, OpenSockets* listed);
  int connect_result() const;  // once it is writable: 0 or an errno value

  // The number of bytes, or -1: error() says why. receive() gives 0 at the end of the stream.
  long send(const void* data, std::size_t size);
  long receive(void* data, std::size_t size);

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  int error() const { return error_; }  // errno value of the last call that failed
  bool would_block() const;
  bool ended() const { return ended_; }  // the peer will send nothing more
  std::uint64_t bytes_sent() const { return sent_; }
  bool readable_now() const;  // has data, the end, or an error to tell

  void close() noexcept;

 private:
  int descriptor_ = -1;
  int error_ = 0;
  bool ended_ = false;
  std::uint64_t sent_ = 0;
  OpenSockets::Slot slot_ = nullptr;
};

}  // namespace nethsm::transport
