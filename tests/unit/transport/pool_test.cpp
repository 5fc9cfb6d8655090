// SPDX-License-Identifier: Apache-2.0
#include "transport/pool.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "catch.hpp"
#include "unit/transport/driving.h"

using namespace nethsm;
using namespace nethsm::test;
using transport::Pool;

namespace {

std::unique_ptr<Connection> warm(const Endpoint& endpoint, transport::OpenSockets* listed = nullptr) {
  auto connection = connect(endpoint, Deadline::after(seconds(10)), listed);
  REQUIRE(exchange(*connection, get("/info")));
  return connection;
}

void await_stale(Connection& connection) {
  const auto until = Deadline::after(seconds(5));
  while (!connection.is_stale() && !until.passed()) ::usleep(1000);
  REQUIRE(connection.is_stale());
}

}  // namespace

TEST_CASE("The connection that was used last is lent first, and no more are kept than allowed") {
  ScriptedServer server({}, echo_path);
  const auto endpoint = endpoint_of(server.url());
  Pool pool(2, std::nullopt);
  CHECK(pool.take() == nullptr);
  std::vector<Connection*> order;
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 3; ++i) connections.push_back(warm(endpoint));
  for (auto& connection : connections) {
    order.push_back(connection.get());
    pool.give_back(std::move(connection));
  }
  CHECK(pool.size() == 2);
  const auto first = pool.take(), second = pool.take();
  CHECK(first.get() == order[2]);
  CHECK(second.get() == order[1]);
  CHECK(pool.take() == nullptr);
}

TEST_CASE("A connection that has been idle for too long is not lent") {
  ScriptedServer server({}, echo_path);
  const auto endpoint = endpoint_of(server.url());
  Pool pool(10, milliseconds(30));
  pool.give_back(warm(endpoint));
  ::usleep(50'000);
  CHECK(pool.take() == nullptr);
  Pool patient(10, std::chrono::hours(1));
  patient.give_back(warm(endpoint));
  CHECK(patient.take() != nullptr);
}

TEST_CASE("As many connections are kept as are at work, and in quiet times a few") {
  ScriptedServer server({}, echo_path);
  const auto endpoint = endpoint_of(server.url());
  Pool pool(10, std::nullopt, 1, milliseconds(200));
  const auto use = [&](int count) {
    std::vector<std::unique_ptr<Connection>> connections;
    for (int i = 0; i < count; ++i) {
      auto connection = pool.take();
      connections.push_back(connection ? std::move(connection) : warm(endpoint));
    }
    for (auto& connection : connections) pool.give_back(std::move(connection));
  };
  use(4);
  CHECK(pool.size() == 4);
  ::usleep(250'000);
  use(2);  // those two are in use again, the others have been idle for too long
  CHECK(pool.size() == 2);
  CHECK(server.count() == 4);
  ::usleep(250'000);
  use(1);
  CHECK(pool.size() == 1);
}

TEST_CASE("A connection that the server has closed is not lent") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  const auto version = GENERATE(0, TLS1_2_VERSION, TLS1_3_VERSION);
  const bool tidy = GENERATE(true, false);
  const bool keeps_tcp_open = tidy && version != 0;  // only TLS knows that it is over
  ScriptedServer server({version == 0 ? std::nullopt : std::optional(certificate), version}, [=](Peer& peer) {
    peer.read();
    peer.answer(200);
    if (tidy) peer.close_notify();
    if (keeps_tcp_open) peer.stall();
  });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate));
  auto connection = warm(endpoint);
  auto& observed = *connection;
  Pool pool(10, std::nullopt);
  pool.give_back(std::move(connection));
  // Whether it was already closed when it was given back does not matter.
  if (pool.size() != 0) await_stale(observed);
  CHECK(pool.take() == nullptr);
  CHECK(server.count() == 1);
}

TEST_CASE("A session ticket that comes late does not cost the connection") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer server({certificate, TLS1_3_VERSION}, [](Peer& peer) {
    peer.read();
    peer.answer(200);
    SSL_new_session_ticket(peer.ssl());
    SSL_do_handshake(peer.ssl());
    peer.read();
    peer.answer(200);
    peer.stall();
  });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate));
  auto connection = warm(endpoint);
  ::usleep(50'000);
  CHECK_FALSE(connection->is_stale());
  CHECK(exchange(*connection, get("/info")));
}

TEST_CASE("A connection with answers outstanding or broken is not kept") {
  ScriptedServer server({}, [](Peer& peer) {
    peer.read();
    peer.stall();
  });
  const auto endpoint = endpoint_of(server.url());
  Pool pool(10, std::nullopt);
  auto busy = connect(endpoint);
  busy->submit(get("/info"));
  pool.give_back(std::move(busy));
  auto broken = connect(endpoint);
  broken->give_up(FailureKind::kTimeout, "too slow");
  pool.give_back(std::move(broken));
  pool.give_back(connect(endpoint));  // never connected
  CHECK(pool.size() == 0);
}

TEST_CASE("What a forked child does to inherited connections, the parent does not feel") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer server({certificate}, echo_path);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate));
  transport::OpenSockets sockets;
  auto connection = warm(endpoint, &sockets);
  const pid_t child = ::fork();
  if (child == 0) {
    sockets.close_all();
    const bool inherited = connection->is_inherited();
    connection.reset();
    ::_exit(inherited ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK_FALSE(connection->is_inherited());
  CHECK_FALSE(connection->is_stale());
  CHECK(exchange(*connection, get("/info")));
  CHECK(server.connections() == 1);
}

TEST_CASE("The list of open sockets follows what is open") {
  transport::OpenSockets sockets;
  std::vector<transport::OpenSockets::Slot> slots;
  std::vector<int> descriptors;
  for (int i = 0; i < 150; ++i) {
    descriptors.push_back(::dup(STDERR_FILENO));
    slots.push_back(sockets.add(descriptors.back()));
    REQUIRE(slots.back() != nullptr);
  }
  transport::OpenSockets::remove(slots[70]);
  sockets.close_all();
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    CHECK((::fcntl(descriptors[i], F_GETFD) >= 0) == (i == 70));
  }
  ::close(descriptors[70]);
}
