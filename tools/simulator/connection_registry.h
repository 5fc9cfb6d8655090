// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>

namespace nethsm::simulator {

// The sockets of a server's live connections, to end them from outside of their threads. Thread-safe.
class ConnectionRegistry {
 public:
  bool add(int socket);     // false: closed, the connection must not be served
  void remove(int socket);  // closes the socket
  void drop_all();          // ends what there is
  void close();             // drop_all, and no more connections
  void open();

 private:
  std::mutex mutex_;
  std::set<int> sockets_;
  bool closed_ = false;
};

// Counts running threads, to wait for the last one. Thread-safe.
class ThreadCount {
 public:
  void enter();
  void leave();
  void wait_for_all();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned count_ = 0;
};

}  // namespace nethsm::simulator
