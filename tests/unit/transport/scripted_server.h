// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "unit/transport/test_certificate.h"

// Servers on the loopback interface that do exactly what a test tells them to, and count what they are asked.
namespace nethsm::test {

struct SeenRequest {
  std::string method, path, head, body;
};

// The server's side of one connection.
class Peer {
 public:
  Peer(int descriptor, SSL* ssl, int stop) : descriptor_(descriptor), ssl_(ssl), stop_(stop) {}
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // The next request, or nothing when the client has gone.
  std::optional<SeenRequest> read() {
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    SeenRequest request;
    request.head = buffer_.substr(0, head_end + 2);
    buffer_.erase(0, head_end + 4);
    request.method = request.head.substr(0, request.head.find(' '));
    const auto path = request.method.size() + 1;
    request.path = request.head.substr(path, request.head.find(' ', path) - path);
    const auto length = request.head.find("Content-Length: ");
    const auto size = length == std::string::npos ? 0 : std::stoul(request.head.substr(length + 16));
    while (buffer_.size() < size) {
      if (!receive()) return std::nullopt;
    }
    request.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    if (on_request) on_request(request);
    return request;
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count =
          ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  bool answer(int status, std::string_view body = "", std::string_view extra_fields = "") {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
    text += extra_fields;
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    text += body;
    return write(text);
  }

  void close_notify() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
  }
  void close() {
    if (descriptor_ < 0) return;
    if (before_close) before_close(descriptor_);
    ::close(descriptor_);
    descriptor_ = -1;
  }
  void reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  // Says nothing more until the test ends.
  void stall() const {
    pollfd entry{stop_, POLLIN, 0};
    ::poll(&entry, 1, -1);
  }
  // False when the test has ended meanwhile.
  bool pause(int milliseconds) const {
    pollfd entry{stop_, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) == 0;
  }
  int descriptor() const { return descriptor_; }
  SSL* ssl() const { return ssl_; }

  std::function<void(const SeenRequest&)> on_request;
  std::function<void(int)> before_close;

 private:
  bool receive() {
    char chunk[16384];
    const auto count = ssl_ != nullptr ? SSL_read(ssl_, chunk, sizeof chunk)
                                       : static_cast<int>(::recv(descriptor_, chunk, sizeof chunk, 0));
    if (count <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(count));
    return true;
  }

  int descriptor_;
  SSL* ssl_;
  int stop_;
  std::string buffer_;
};

using Script = std::function<void(Peer&)>;

// Answers every request with 200 and its path.
inline void echo_path(Peer& peer) {
  while (auto request = peer.read()) {
    if (!peer.answer(200, request->path)) return;
  }
}
inline Script answer_all(int status, std::string body = "") {
  return [=](Peer& peer) {
    while (peer.read()) {
      if (!peer.answer(status, body)) return;
    }
  };
}

class ScriptedServer {
 public:
  struct Options {
    std::optional<Certificate> certificate;  // absent: plain http
    int only_version = 0;                    // TLS1_2_VERSION, TLS1_3_VERSION or any
    std::uint16_t port = 0;
  };

  // The script runs once a connection, each in a thread of its own.
  ScriptedServer(Options options, Script script) : options_(std::move(options)), script_(std::move(script)) {
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    if (options_.certificate) make_context();
    listen();
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~ScriptedServer() { stop(); }

  void stop() {
    if (stopped_.exchange(true)) return;
    const std::uint64_t one = 1;
    static_cast<void>(::write(stop_, &one, sizeof one) == sizeof one);
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    ::close(stop_);
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1") const {
    return (options_.certificate ? "https://" : "http://") + host + ":" + std::to_string(port_) + "/api/v1";
  }
  std::vector<SeenRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t count() const { return requests().size(); }
  std::size_t connections() const { return connections_; }  // accepted, whatever came of the handshake
  std::size_t handshakes() const { return handshakes_; }    // completed
  std::optional<std::string> server_name() const {          // of the last handshake
    const std::lock_guard lock(mutex_);
    return server_name_;
  }

 private:
  void make_context() {
    context_.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context_.get(), options_.certificate->x509.get());
    SSL_CTX_use_PrivateKey(context_.get(), options_.certificate->key.get());
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    if (options_.only_version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), options_.only_version);
      SSL_CTX_set_max_proto_version(context_.get(), options_.only_version);
    }
  }

  void listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 256) != 0) {
      throw std::runtime_error("cannot listen");
    }
    ::getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
  }

  void accept_all() {
    block_sigpipe();
    while (!stopped_) {
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) continue;
      ++connections_;
      const int on = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::lock_guard lock(mutex_);
      open_.push_back(descriptor);
      threads_.emplace_back([this, descriptor] { serve(descriptor); });
    }
  }

  // OpenSSL's own socket BIO, used on this side, raises it. The test's other threads keep SIG_DFL.
  static void block_sigpipe() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }

  void serve(int descriptor) {
    block_sigpipe();
    std::shared_ptr<SSL> ssl;
    if (context_) ssl.reset(SSL_new(context_.get()), SSL_free);
    Peer peer(descriptor, ssl.get(), stop_);
    peer.before_close = [this](int closing) {
      const std::lock_guard lock(mutex_);
      open_.remove(closing);
    };
    peer.on_request = [this](const SeenRequest& request) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    };
    if (ssl) {
      SSL_set_fd(ssl.get(), descriptor);
      if (SSL_accept(ssl.get()) != 1) return;
    }
    note_handshake(ssl.get());
    script_(peer);
  }

  void note_handshake(SSL* ssl) {
    ++handshakes_;
    const std::lock_guard lock(mutex_);
    const char* name = ssl == nullptr ? nullptr : SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    server_name_ = name == nullptr ? std::nullopt : std::optional<std::string>(name);
  }

  const Options options_;
  const Script script_;
  std::shared_ptr<SSL_CTX> context_;
  int stop_ = -1, listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> connections_{0}, handshakes_{0};
  mutable std::mutex mutex_;
  std::vector<SeenRequest> requests_;
  std::optional<std::string> server_name_;
  std::list<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace nethsm::test
