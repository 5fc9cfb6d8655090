// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "simulator/faults.h"
#include "simulator/http_message.h"
#include "simulator/tls_identity.h"

namespace nethsm::simulator {

// The HTTPS side of one instance, and everything that can go wrong with it. Each connection has a thread of
// its own, so that any number of idle kept-alive connections starves nobody. Thread-safe.
class Server {
 public:
  // The device behind it; called by connection threads.
  struct Device {
    std::function<Response(const Request&)> answer;
    // What the client will be told, before it is sent; status 0: nothing. `fault` is null without one.
    std::function<void(const Request&, int status, const FaultSpec* fault)> note;
    std::function<void(simulator::Afterwards)> afterwards;  // once the response is sent
    // When the answer to a request that has just been read may be sent; empty: at once.
    std::function<std::chrono::steady_clock::time_point(const Request&)> done_at = {};
  };

  // `faults` must outlive the server; `instance` is what they call it.
  Server(std::string address, unsigned instance, Faults& faults, Device device);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // For connections from now on.
  void set_identity(const TlsIdentity& identity);

  // Listens; port 0: one that is free. Throws std::runtime_error that names address and port.
  void start(std::uint16_t port);
  std::uint16_t port() const;  // the last one

  // The faults have changed: refuses connections, or no longer does so, when this returns.
  void look_at_faults();
  // Ends all connections as a dying process would, without goodbye; goes on listening.
  void drop_connections();
  // Also stops listening. Does not wait, so a connection's thread may call it.
  void close();
  // close(), then waits until all threads are done.
  void stop();

 private:
  class Impl;
  const std::string address_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::simulator
