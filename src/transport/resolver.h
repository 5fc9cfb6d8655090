// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "transport/message.h"

namespace nethsm::transport {

// Where to connect to, ready for connect(2). Plain value.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  std::string to_string() const;  // "192.0.2.1:443", "[2001:db8::1]:443"
};

// Host names to addresses, in the calling thread: a helper thread could deadlock in a host that loads this
// module while it configures itself. getaddrinfo(3) cannot be given a deadline, so its answers are kept for a
// while; an answer that has become old is still used if the name cannot be resolved any more. Thread-safe, no
// lock held while resolving.
class Resolver {
 public:
  Result<std::vector<Address>, Failure> resolve(const std::string& host, std::uint16_t port);

  // The addresses did not work: the next resolve() asks again.
  void distrust(const std::string& host);

  static constexpr auto kLifetime = seconds(60);

 private:
  struct Entry {
    std::vector<Address> addresses;  // with port 0
    Clock::time_point fresh_until;
  };
  Guarded<std::map<std::string, Entry>> cache_;  // one entry a host name of the configuration
};

}  // namespace nethsm::transport
