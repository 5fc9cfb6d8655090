// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// A connection to a simulator that sends raw bytes and shows raw bytes. Verifies no certificate.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, SSL_SESSION* session = nullptr, int max_version = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    reachable_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (!reachable_) return;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (max_version != 0) {
      SSL_CTX_set_security_level(context_.get(), 0);
      SSL_CTX_set_max_proto_version(context_.get(), max_version);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    if (session != nullptr) SSL_set_session(ssl_.get(), session);
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  ~TlsClient() {
    ssl_.reset();
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool reachable() const { return reachable_; }
  bool connected() const { return connected_; }
  SSL* ssl() const { return ssl_.get(); }

  bool send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

  // Status line, headers and the body that Content-Length announces; empty when the connection has ended.
  std::string receive() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    end += 4;
    const std::size_t header = buffer_.find("content-length: ");
    const std::size_t body = header < end ? std::stoul(buffer_.substr(header + 16)) : 0;
    while (buffer_.size() < end + body) {
      if (!fill()) return {};
    }
    std::string response = buffer_.substr(0, end + body);
    buffer_.erase(0, end + body);
    return response;
  }

  // "GET /path" with an optional "user:passphrase" in base64 and a JSON body.
  std::string request(std::string_view method, std::string_view path, std::string_view credentials = {},
                      std::string_view body = {}) {
    std::string text(method);
    text.append(" /api/v1").append(path).append(" HTTP/1.1\r\nHost: simulator\r\n");
    if (!credentials.empty()) text.append("Authorization: Basic ").append(credentials).append("\r\n");
    if (!body.empty() || method == "POST" || method == "PUT")
      text.append("Content-Type: application/json\r\nContent-Length: ")
          .append(std::to_string(body.size()))
          .append("\r\n");
    text.append("\r\n").append(body);
    return send(text) ? receive() : std::string();
  }

 private:
  bool fill() {
    std::array<char, 16384> bytes;
    const int count = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (count > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  int socket_ = -1;
  bool reachable_ = false;
  bool connected_ = false;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string buffer_;
};
