// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nethsm::simulator {

using SslContext = std::shared_ptr<SSL_CTX>;

// One TLS connection of a client, used by one thread. Owns the TLS state, not the socket.
class Connection {
 public:
  Connection(SSL_CTX* context, int socket);

  bool handshake();

  // Bytes that have arrived but were not taken yet; more are appended by fill().
  const std::string& buffered() const { return buffer_; }
  std::string take(std::size_t count);
  bool fill();                        // false: the connection has ended
  bool fill_to(std::size_t count);    // until that many bytes are buffered
  bool read_line(std::string& line);  // without its line end
  bool write(std::string_view data);

  // Waits until something can be read, without reading it; false: nothing came in that time.
  bool wait_for_data(std::optional<std::chrono::milliseconds> limit = std::nullopt);
  // Does nothing for that long, for ever if it is negative; false: the connection has ended meanwhile.
  bool pause(std::chrono::milliseconds length) const;
  // The same until then, to some ten microseconds.
  bool pause_until(std::chrono::steady_clock::time_point when) const;

  void say_goodbye();           // TLS close_notify
  void end_with_reset() const;  // TCP reset in place of a tidy end, once the socket is closed

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
  int socket_;
  std::string buffer_;
};

}  // namespace nethsm::simulator
