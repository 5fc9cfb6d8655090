// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace nethsm {

// An IP address and a port, ready for bind(2) and connect(2). Plain value.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// "192.0.2.1:514" or "[2001:db8::1]:514"; no host names, as looking one up could block.
std::optional<SocketAddress> parse_socket_address(std::string_view text);

// For AF_UNIX; nullopt if the path does not fit.
std::optional<SocketAddress> unix_socket_address(std::string_view path);

}  // namespace nethsm
