// SPDX-License-Identifier: Apache-2.0
#include "simulator/server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "simulator/connection.h"
#include "simulator/connection_registry.h"
#include "simulator/http_wire.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {
namespace {

constexpr int kBacklog = 1024;  // cpp-httplib's own 5 make a burst of clients wait a second

// TLS 1.2 and 1.3 without any session resumption, as the device.
SslContext make_context(const TlsIdentity& identity) {
  SslContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  require(context != nullptr, "SSL_CTX_new");
  SSL_CTX* c = context.get();
  require(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1, "minimum TLS version");
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(c, 0);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_use_certificate(c, identity.chain.front().get()) == 1, "certificate");
  for (std::size_t i = 1; i < identity.chain.size(); ++i)
    require(SSL_CTX_add1_chain_cert(c, identity.chain[i].get()) == 1, "certificate chain");
  require(SSL_CTX_use_PrivateKey(c, identity.key.get()) == 1, "private key");
  return context;
}

void set_option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

std::string peer_address(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  const void* bytes = address.ss_family == AF_INET6
                          ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr)
                          : &reinterpret_cast<sockaddr_in*>(&address)->sin_addr;
  if (::inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

// Starts a thread for each task.
class ThreadPerTask final : public httplib::TaskQueue {
 public:
  explicit ThreadPerTask(ThreadCount& threads) : threads_(threads) {}

  void enqueue(std::function<void()> task) override {
    threads_.enter();
    try {
      std::thread([&threads = threads_, task = std::move(task)] {
        task();
        threads.leave();
      }).detach();
    } catch (const std::system_error&) {
      threads_.leave();  // no more threads: the client waits for nothing, as on an overloaded device
    }
  }
  void shutdown() override { threads_.wait_for_all(); }

 private:
  ThreadCount& threads_;
};

}  // namespace

class Server::Listener final : public httplib::Server {
 public:
  Listener(const Answer& answer, const Afterwards& afterwards) : answer_(answer), afterwards_(afterwards) {
    new_task_queue = [this] { return new ThreadPerTask(threads_); };
    // Without SO_REUSEPORT, which cpp-httplib sets by default: a port in use must be an error.
    set_socket_options([this](int socket) {
      set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
      listening_ = socket;
    });
  }

  void set_context(SslContext context) {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }

  void open(const std::string& address, std::uint16_t port) {
    errno = 0;
    const int bound = port == 0 ? bind_to_any_port(address) : bind_to_port(address, port) ? int{port} : -1;
    if (bound <= 0) {
      throw std::runtime_error("cannot listen on " + address + " port " + std::to_string(port) +
                               (errno == 0 ? "" : std::string(": ") + std::strerror(errno)));
    }
    port_ = static_cast<std::uint16_t>(bound);
    ::listen(listening_, kBacklog);
    connections_.open();
    thread_ = std::thread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }

  void drop_connections() { connections_.drop_all(); }

  void close() {
    httplib::Server::stop();
    connections_.close();
  }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const { return port_; }

 private:
  bool process_and_close_socket(int socket) override {
    if (!connections_.add(socket)) {
      ::close(socket);
      return false;
    }
    // cpp-httplib has set time limits; the device waits for its clients for ever.
    const timeval no_limit{};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &no_limit, sizeof no_limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &no_limit, sizeof no_limit);
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    serve(socket);
    connections_.remove(socket);
    return true;
  }

  void serve(int socket) {
    SslContext context;
    {
      const std::lock_guard lock(mutex_);
      context = context_;
    }
    Connection connection(context.get(), socket);
    if (!connection.handshake()) return;
    const std::string peer = peer_address(socket);
    bool keep_alive = true;
    while (keep_alive) {
      ReceivedRequest received;
      received.request.remote_address = peer;
      if (!read_request(connection, received)) break;
      const Response response = answer_(received.request);
      keep_alive = received.keep_alive;
      if (!connection.write(serialize(response, received.request, keep_alive))) return;
      if (response.afterwards != simulator::Afterwards::kNothing) afterwards_(response.afterwards);
    }
    connection.say_goodbye();
  }

  const Answer& answer_;
  const Afterwards& afterwards_;
  std::mutex mutex_;
  SslContext context_;
  ConnectionRegistry connections_;
  ThreadCount threads_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Server::Server(std::string address, Answer answer, Afterwards afterwards)
    : address_(std::move(address)),
      answer_(std::move(answer)),
      afterwards_(std::move(afterwards)),
      listener_(std::make_unique<Listener>(answer_, afterwards_)) {}

Server::~Server() { stop(); }

void Server::set_identity(const TlsIdentity& identity) { listener_->set_context(make_context(identity)); }

void Server::start(std::uint16_t port) {
  listener_->join();  // after close()
  listener_->open(address_, port);
}

std::uint16_t Server::port() const { return listener_->port(); }

void Server::drop_connections() { listener_->drop_connections(); }

void Server::close() { listener_->close(); }

void Server::stop() {
  listener_->close();
  listener_->join();
}

}  // namespace nethsm::simulator
