// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "simulator/http_message.h"
#include "simulator/tls_identity.h"

namespace nethsm::simulator {

// The HTTPS listener of one instance: cpp-httplib listens and accepts, each connection has a thread of its
// own, so that any number of idle kept-alive connections starves nobody. Thread-safe.
class Server {
 public:
  using Answer = std::function<Response(const Request&)>;         // called by connection threads
  using Afterwards = std::function<void(simulator::Afterwards)>;  // called once the response is sent

  Server(std::string address, Answer answer, Afterwards afterwards);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // For connections from now on.
  void set_identity(const TlsIdentity& identity);

  // Listens; port 0: one that is free. Throws std::runtime_error that names address and port.
  void start(std::uint16_t port);
  std::uint16_t port() const;  // the last one

  // Ends all connections as a dying process would, without goodbye; goes on listening.
  void drop_connections();
  // Also stops listening. Does not wait, so a connection's thread may call it.
  void close();
  // close(), then waits until all threads are done.
  void stop();

 private:
  class Listener;

  std::string address_;
  Answer answer_;
  Afterwards afterwards_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace nethsm::simulator
