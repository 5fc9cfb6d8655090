// SPDX-License-Identifier: Apache-2.0
#include "transport/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "catch.hpp"
#include "transport/connection.h"
#include "unit/transport/driving.h"
#include "unit/transport/scripted_server.h"

using namespace nethsm;
using namespace nethsm::transport;
using namespace nethsm::test;

namespace {

int option(const Socket& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket.descriptor(), level, name, &value, &size) == 0);
  return value;
}

// A port whose queue is full: the system drops whatever else comes, as a firewall would.
class FullPort {
 public:
  FullPort() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, generic, size) == 0);
    REQUIRE(::listen(listener_, 0) == 0);
    ::getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    for (int& client : clients_) {
      client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      static_cast<void>(::connect(client, generic, size));
    }
    ::usleep(50'000);
  }
  ~FullPort() {
    for (const int client : clients_) ::close(client);
    ::close(listener_);
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  int clients_[4] = {};
  std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("A socket sends at once, is closed on exec, and has the keepalive that is configured") {
  ScriptedServer server({}, echo_path);
  Resolver resolver;
  const auto address = resolver.resolve("127.0.0.1", server.port())->front();
  Socket socket;
  SECTION("configured") {
    const int result = socket.connect(address, TcpKeepalive{seconds(61), seconds(7), 5}, nullptr);
    CHECK((result == 0 || result == EINPROGRESS));
    CHECK(option(socket, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(socket, IPPROTO_TCP, TCP_KEEPIDLE) == 61);
    CHECK(option(socket, IPPROTO_TCP, TCP_KEEPINTVL) == 7);
    CHECK(option(socket, IPPROTO_TCP, TCP_KEEPCNT) == 5);
  }
  SECTION("not configured") {
    static_cast<void>(socket.connect(address, std::nullopt, nullptr));
    CHECK(option(socket, SOL_SOCKET, SO_KEEPALIVE) == 0);
  }
  CHECK(option(socket, IPPROTO_TCP, TCP_NODELAY) == 1);
  CHECK((::fcntl(socket.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(socket.descriptor(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("An address that swallows packets costs its share of the time, and the next one is used") {
  const FullPort full;
  ScriptedServer server({}, echo_path);
  const auto endpoint = endpoint_of(server.url());
  Resolver resolver;
  const std::vector<Address> addresses = {resolver.resolve("127.0.0.1", full.port())->front(),
                                          resolver.resolve("127.0.0.1", server.port())->front()};
  const auto start = Clock::now();
  Connection connection({endpoint, addresses, nullptr, nullptr}, Deadline::after(seconds(2)));
  CHECK(exchange(connection, get("/info")));
  CHECK(Clock::now() - start >= milliseconds(900));
  CHECK(Clock::now() - start < seconds(10));
}
