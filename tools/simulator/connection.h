// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <memory>
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

  void say_goodbye();  // TLS close_notify

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
  std::string buffer_;
};

}  // namespace nethsm::simulator
