// SPDX-License-Identifier: Apache-2.0
#include "transport/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace nethsm::transport {
namespace {

void set_option(int descriptor, int level, int name, int value) {
  // Best effort: a kernel that lacks an option still transports the bytes.
  static_cast<void>(::setsockopt(descriptor, level, name, &value, sizeof value));
}

int to_int(long long value) {
  return static_cast<int>(std::clamp<long long>(value, 1, std::numeric_limits<int>::max()));
}

void set_keepalive(int descriptor, const TcpKeepalive& keepalive) {
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (keepalive.time.count() > 0) {
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, to_int(keepalive.time.count()));
  }
  if (keepalive.interval.count() > 0) {
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, to_int(keepalive.interval.count()));
  }
  if (keepalive.probes > 0) set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, to_int(keepalive.probes));
}

}  // namespace

int Socket::connect(const Address& address, const std::optional<TcpKeepalive>& keepalive,
                    OpenSockets* listed) {
  close();
  descriptor_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return error_ = errno;
  if (listed != nullptr) slot_ = listed->add(descriptor_);
  set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (keepalive) set_keepalive(descriptor_, *keepalive);
  if (::connect(descriptor_, address.get(), address.length) == 0) return 0;
  // An interrupted connect goes on in the background, as one that would block.
  return error_ = errno == EINTR ? EINPROGRESS : errno;
}

int Socket::connect_result() const {
  int result = 0;
  socklen_t size = sizeof result;
  return ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &result, &size) == 0 ? result : errno;
}

long Socket::send(const void* data, std::size_t size) {
  long count = 0;
  do {
    count = ::send(descriptor_, data, size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  error_ = count < 0 ? errno : 0;
  if (count > 0) sent_ += static_cast<std::uint64_t>(count);
  return count;
}

long Socket::receive(void* data, std::size_t size) {
  long count = 0;
  do {
    count = ::recv(descriptor_, data, size, 0);
  } while (count < 0 && errno == EINTR);
  error_ = count < 0 ? errno : 0;
  if (count == 0) ended_ = true;
  return count;
}

bool Socket::would_block() const { return error_ == EAGAIN; }

bool Socket::readable_now() const {
  pollfd entry{descriptor_, POLLIN, 0};
  return ::poll(&entry, 1, 0) != 0;
}

void Socket::close() noexcept {
  if (descriptor_ < 0) return;
  OpenSockets::remove(slot_);
  ::close(descriptor_);
  descriptor_ = -1;
  slot_ = nullptr;
  ended_ = false;
}

}  // namespace nethsm::transport
