// SPDX-License-Identifier: Apache-2.0
#include "simulator/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace nethsm::simulator {
namespace {

constexpr int kBacklog = 1024;
constexpr int kRefusalEndsWithin = 20;  // milliseconds, where its age ends it

struct Bound {
  int socket = -1;
  int error = 0;
};

Bound bind_to(const addrinfo& address) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return {-1, errno};
  const int on = 1;
  // Without SO_REUSEPORT: a port in use must be an error.
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, kBacklog) == 0)
    return {socket, 0};
  const int error = errno;
  ::close(socket);
  return {-1, error};
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

Bound bind_to(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0)
    return {-1, EADDRNOTAVAIL};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  Bound bound{-1, EADDRNOTAVAIL};
  for (const auto* entry = list; entry != nullptr && bound.socket < 0; entry = entry->ai_next)
    bound = bind_to(*entry);
  return bound;
}

// On a port that is free, asked for by its number: a socket that was given one would lose it by shutdown(2).
Bound bind_to_any_port(const std::string& host) {
  Bound bound;
  for (int attempt = 0; attempt < 20 && bound.socket < 0; ++attempt) {
    const Bound found = bind_to(host, 0);
    if (found.socket < 0) return found;
    const std::uint16_t port = port_of(found.socket);
    ::close(found.socket);
    bound = bind_to(host, port);  // fails if another program was faster
  }
  return bound;
}

}  // namespace

Listener::Listener(Accepted accepted, Refuses refuses)
    : accepted_(std::move(accepted)),
      refuses_(std::move(refuses)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Listener::~Listener() {
  close();
  join();
  ::close(wake_);
}

void Listener::open(const std::string& address, std::uint16_t port) {
  const Bound bound = port == 0 ? bind_to_any_port(address) : bind_to(address, port);
  if (bound.socket < 0) {
    throw std::runtime_error("cannot listen on " + address + " port " + std::to_string(port) + ": " +
                             std::strerror(bound.error));
  }
  {
    const std::lock_guard lock(mutex_);
    socket_ = bound.socket;
    port_ = port_of(bound.socket);
    closed_ = refusing_ = false;
  }
  set_refusing(refuses_());
  thread_ = std::thread([this] { run(); });
}

void Listener::wake() const {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_, &one, sizeof one) == sizeof one);
}

// A listening socket that is shut down refuses, keeps its port, and listens again when told to.
bool Listener::set_refusing(bool refusing) {
  const std::lock_guard lock(mutex_);
  if (closed_ || refusing == refusing_) return refusing_;
  refusing_ = refusing;
  if (refusing) {
    ::shutdown(socket_, SHUT_RDWR);
  } else {
    ::listen(socket_, kBacklog);
  }
  return refusing_;
}

void Listener::look_again() {
  set_refusing(refuses_());
  wake();
}

void Listener::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  // At once, and not when the thread gets to it: whoever connects from now on must be refused.
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  wake();
}

void Listener::join() {
  if (thread_.joinable()) thread_.join();
}

void Listener::run() {
  while (true) {
    const bool refusing = set_refusing(refuses_());
    {
      const std::lock_guard lock(mutex_);
      if (closed_) break;
    }
    std::array<pollfd, 2> waiting{{{wake_, POLLIN, 0}, {refusing ? -1 : socket_, POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), refusing ? kRefusalEndsWithin : -1);
    std::uint64_t ignored = 0;
    if (waiting[0].revents != 0) static_cast<void>(::read(wake_, &ignored, sizeof ignored) == sizeof ignored);
    if ((waiting[1].revents & POLLIN) == 0) continue;
    const int accepted = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) {
      accepted_(accepted);
    } else if (errno == EMFILE || errno == ENFILE) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  const std::lock_guard lock(mutex_);
  ::close(socket_);
  socket_ = -1;
}

}  // namespace nethsm::simulator
