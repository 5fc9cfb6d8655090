// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace nethsm::simulator {

// Accepts connections on one port, in a thread of its own. Thread-safe.
class Listener {
 public:
  using Accepted = std::function<void(int socket)>;  // owns the socket; must not wait
  using Refuses = std::function<bool()>;             // asked again whenever look_again() is called

  Listener(Accepted accepted, Refuses refuses);
  ~Listener();  // closes and joins
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Port 0: one that is free. Throws std::runtime_error that names address and port.
  void open(const std::string& address, std::uint16_t port);
  std::uint16_t port() const { return port_; }

  // Ports that refuse stay bound: no other program can get them meanwhile.
  void look_again();
  void close();  // does not wait
  void join();   // after close()

 private:
  void run();
  bool set_refusing(bool refusing);
  void wake() const;

  const Accepted accepted_;
  const Refuses refuses_;
  std::mutex mutex_;
  int socket_ = -1;
  bool refusing_ = false;
  bool closed_ = true;
  int wake_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace nethsm::simulator
