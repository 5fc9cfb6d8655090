// SPDX-License-Identifier: Apache-2.0
#include "simulator/server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "simulator/connection.h"
#include "simulator/connection_registry.h"
#include "simulator/faulty_answer.h"
#include "simulator/http_wire.h"
#include "simulator/listener.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {
namespace {

using std::chrono::milliseconds;

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

// Which OpenSSL raises when the client has gone. Only here: what the program does with it is its own affair.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool is(const std::optional<FaultSpec>& fault, FaultKind kind) { return fault && fault->kind == kind; }

}  // namespace

class Server::Impl {
 public:
  Impl(unsigned instance, Faults& faults, Device device)
      : instance_(instance),
        faults_(faults),
        device_(std::move(device)),
        listener_([this](int socket) { accepted(socket); }, [this] { return faults_.refuses(instance_); }) {}

  void set_context(SslContext context) {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }

  void open(const std::string& address, std::uint16_t port) {
    connections_.open();
    listener_.open(address, port);
  }
  void close() {
    listener_.close();
    connections_.close();
  }
  void join() {
    listener_.join();
    threads_.wait_for_all();
  }
  void look_at_faults() { listener_.look_again(); }
  void drop_connections() { connections_.drop_all(); }
  std::uint16_t port() const { return listener_.port(); }

 private:
  void accepted(int socket) {
    if (!connections_.add(socket)) {
      ::close(socket);
      return;
    }
    threads_.enter();
    try {
      std::thread([this, socket] {
        block_sigpipe();
        if (device_.done_at) prctl(PR_SET_TIMERSLACK, 1UL);  // think times are of microseconds
        serve(socket);
        connections_.remove(socket);
        threads_.leave();
      }).detach();
    } catch (const std::system_error&) {  // no more threads: as on an overloaded device
      connections_.remove(socket);
      threads_.leave();
    }
  }

  SslContext context_for(const std::optional<FaultSpec>& fault) {
    if (is(fault, FaultKind::kWrongCertificate)) return make_context(TlsIdentity::generate());
    const std::lock_guard lock(mutex_);
    return context_;
  }

  void serve(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto fault = faults_.strike(FaultStage::kAccept, instance_);
    const SslContext context = context_for(fault);
    Connection connection(context.get(), socket);
    if (is(fault, FaultKind::kResetOnAccept)) return connection.end_with_reset();
    if (is(fault, FaultKind::kStallOnAccept) || is(fault, FaultKind::kSlowHandshake)) {
      if (!connection.pause(milliseconds(fault->value))) return;
    }
    if (!connection.handshake()) return;
    const std::string peer = peer_address(socket);
    while (exchange(connection, peer)) continue;
  }

  // One request with its answer; false: the connection has ended.
  bool exchange(Connection& connection, const std::string& peer) {
    connection.wait_for_data();
    if (faults_.strike(FaultStage::kArrival, instance_)) {
      connection.end_with_reset();
      return false;
    }
    ReceivedRequest received;
    received.request.remote_address = peer;
    if (!read_request(connection, received)) {
      connection.say_goodbye();
      return false;
    }
    const auto fault = faults_.strike(FaultStage::kRequest, instance_, received.request);
    return fault ? refuse(connection, received, *fault) : carry_out(connection, received);
  }

  // A fault in place of what the device does.
  bool refuse(Connection& connection, const ReceivedRequest& received, const FaultSpec& fault) {
    if (fault.kind == FaultKind::kStatus) {
      const int status = static_cast<int>(fault.value);
      device_.note(received.request, status, &fault);
      return connection.write(serialize(status_answer(status), received.request, received.keep_alive)) &&
             received.keep_alive;
    }
    if (fault.kind == FaultKind::kStall && fault.value != kForEver)
      return connection.pause(milliseconds(fault.value)) && carry_out(connection, received);
    device_.note(received.request, 0, &fault);
    if (fault.kind == FaultKind::kStall) {
      connection.pause(milliseconds(kForEver));
    } else {
      connection.end_with_reset();
    }
    return false;
  }

  bool carry_out(Connection& connection, const ReceivedRequest& received) {
    const auto done_at = device_.done_at ? std::optional(device_.done_at(received.request)) : std::nullopt;
    const Response response = device_.answer(received.request);
    if (done_at) connection.pause_until(*done_at);
    const auto fault = faults_.strike(FaultStage::kAnswer, instance_, received.request);
    const bool lost = is(fault, FaultKind::kLostAnswer);
    device_.note(received.request, lost ? 0 : response.status, fault ? &*fault : nullptr);
    const bool sent = fault ? send_faulty(connection, received, response, *fault)
                            : connection.write(serialize(response, received.request, received.keep_alive));
    if (response.afterwards != simulator::Afterwards::kNothing) device_.afterwards(response.afterwards);
    if (!sent) return false;
    if (!received.keep_alive || idles_to_death(connection, received.request)) {
      connection.say_goodbye();
      return false;
    }
    return true;
  }

  bool idles_to_death(Connection& connection, const Request& request) {
    const auto fault = faults_.strike(FaultStage::kIdle, instance_, request);
    return fault && !connection.wait_for_data(milliseconds(fault->value));
  }

  const unsigned instance_;
  Faults& faults_;
  const Device device_;
  std::mutex mutex_;
  SslContext context_;
  ConnectionRegistry connections_;
  ThreadCount threads_;
  Listener listener_;
};

Server::Server(std::string address, unsigned instance, Faults& faults, Device device)
    : address_(std::move(address)), impl_(std::make_unique<Impl>(instance, faults, std::move(device))) {}

Server::~Server() { stop(); }

void Server::set_identity(const TlsIdentity& identity) { impl_->set_context(make_context(identity)); }

void Server::start(std::uint16_t port) {
  impl_->join();  // after close()
  impl_->open(address_, port);
}

std::uint16_t Server::port() const { return impl_->port(); }

void Server::look_at_faults() { impl_->look_at_faults(); }

void Server::drop_connections() { impl_->drop_connections(); }

void Server::close() { impl_->close(); }

void Server::stop() {
  impl_->close();
  impl_->join();
}

}  // namespace nethsm::simulator
