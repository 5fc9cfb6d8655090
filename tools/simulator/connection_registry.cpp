// SPDX-License-Identifier: Apache-2.0
#include "simulator/connection_registry.h"

#include <sys/socket.h>
#include <unistd.h>

namespace nethsm::simulator {

bool ConnectionRegistry::add(int socket) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  sockets_.insert(socket);
  return true;
}

void ConnectionRegistry::remove(int socket) {
  // Under the lock, so that nobody shuts down a stranger that has got the same number.
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
  ::close(socket);
}

void ConnectionRegistry::drop_all() {
  const std::lock_guard lock(mutex_);
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

void ConnectionRegistry::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

void ConnectionRegistry::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
}

void ThreadCount::enter() {
  const std::lock_guard lock(mutex_);
  ++count_;
}

void ThreadCount::leave() {
  const std::lock_guard lock(mutex_);
  --count_;
  changed_.notify_all();
}

void ThreadCount::wait_for_all() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return count_ == 0; });
}

}  // namespace nethsm::simulator
