// SPDX-License-Identifier: Apache-2.0
#include "transport/connection.h"

#include <sys/resource.h>

#include "catch.hpp"
#include "unit/transport/driving.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

const Certificate& certificate() {
  static const auto& made = *new Certificate(make_certificate("IP:127.0.0.1"));
  return made;
}

// What the connection says after a server has done something to one POST.
struct Observed {
  std::optional<Response> answer;
  std::optional<transport::Failure> failure;
  std::size_t requests = 0;
  bool reusable = false;
};

Observed observe(const Script& script, int tls_version, const Request& request = post("/keys/k/sign"),
                 Clock::duration patience = seconds(10)) {
  ScriptedServer server({tls_version == 0 ? std::nullopt : std::optional(certificate()), tls_version},
                        script);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  Observed observed;
  observed.answer = exchange(*connection, request, Deadline::after(patience));
  if (connection->failure() != nullptr) observed.failure = *connection->failure();
  observed.reusable = connection->is_idle();
  server.stop();
  observed.requests = server.count();
  return observed;
}

// Plain HTTP and both versions of TLS.
int any_version() { return GENERATE(0, TLS1_2_VERSION, TLS1_3_VERSION); }

}  // namespace

TEST_CASE("A connection serves one request after another") {
  const auto version = any_version();
  ScriptedServer server({version == 0 ? std::nullopt : std::optional(certificate()), version}, echo_path);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  for (int i = 0; i < 20; ++i) {
    const auto path = "/keys/" + std::to_string(i);
    const auto answer = exchange(*connection, i % 2 == 0 ? get(path) : post(path));
    REQUIRE(answer);
    CHECK(answer->text() == "/api/v1" + path);
    CHECK(connection->is_idle());
    CHECK_FALSE(connection->is_stale());
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("Pipelined requests are answered in their order") {
  const auto version = any_version();
  ScriptedServer server({version == 0 ? std::nullopt : std::optional(certificate()), version}, echo_path);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  for (int i = 0; i < 50; ++i) connection->submit(get("/keys/" + std::to_string(i)));
  for (int i = 0; i < 50; ++i) {
    const auto answer = await_answer(*connection);
    REQUIRE(answer);
    CHECK(answer->text() == "/api/v1/keys/" + std::to_string(i));
  }
  CHECK(connection->is_idle());
}

TEST_CASE("Large bodies go through in both directions") {
  const auto version = any_version();
  const std::string large(3'000'000, 'x');
  ScriptedServer server({version == 0 ? std::nullopt : std::optional(certificate()), version},
                        [](Peer& peer) {
                          while (const auto request = peer.read()) peer.answer(200, request->body);
                        });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  const auto answer = exchange(*connection, post("/keys/k/decrypt", large));
  REQUIRE(answer);
  CHECK(answer->text() == large);
  CHECK(connection->is_idle());
}

TEST_CASE("A failure says how far the exchange had come, and a request is never sent twice") {
  const auto version = any_version();
  struct Case {
    const char* what;
    Script script;
    FailureKind kind;
    Phase phase;
  };
  const auto c = GENERATE(
      Case{"closes after the request", [](Peer& p) { p.read(); }, FailureKind::kClosed, Phase::kSent},
      Case{"closes tidily after the request", [](Peer& p) { p.read(), p.close_notify(); },
           FailureKind::kClosed, Phase::kSent},
      Case{"resets after the request", [](Peer& p) { p.read(), p.reset(); }, FailureKind::kClosed,
           Phase::kSent},
      Case{"resets within the answer",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), p.pause(50), p.reset();
           },
           FailureKind::kClosed, Phase::kAnswering},
      Case{"closes within the body",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), p.close_notify();
           },
           FailureKind::kClosed, Phase::kAnswering},
      Case{"closes within the chunks",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
                 p.close_notify();
           },
           FailureKind::kClosed, Phase::kAnswering},
      Case{"closes within the header", [](Peer& p) { p.read(), p.write("HTTP/1.1 200 O"), p.close_notify(); },
           FailureKind::kClosed, Phase::kAnswering},
      Case{"talks nonsense", [](Peer& p) { p.read(), p.write("I am not a web server\r\n\r\n"), p.stall(); },
           FailureKind::kProtocol, Phase::kAnswering},
      Case{"contradicts itself",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                 p.stall();
           },
           FailureKind::kProtocol, Phase::kAnswering},
      Case{"sends an endless header",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\n");
             while (p.write("X-Field: " + std::string(1000, 'x') + "\r\n")) continue;
           },
           FailureKind::kTooLarge, Phase::kAnswering},
      Case{"announces too much",
           [](Peer& p) {
             p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx"), p.stall();
           },
           FailureKind::kTooLarge, Phase::kAnswering});
  INFO(c.what << ", TLS version " << version);
  const auto observed = observe(c.script, version);
  CHECK_FALSE(observed.answer);
  REQUIRE(observed.failure);
  INFO(observed.failure->message);
  CHECK(observed.failure->kind == c.kind);
  CHECK(observed.failure->phase == c.phase);
  CHECK_FALSE(observed.failure->provably_not_sent());
  CHECK(observed.requests == 1);
}

TEST_CASE("A TLS answer that only the end of TCP delimits is not believed") {
  const auto body_until_close = [](bool tidy) {
    return [tidy](Peer& peer) {
      peer.read();
      peer.write("HTTP/1.1 200 OK\r\n\r\nperhaps not all");
      if (tidy) peer.close_notify();
    };
  };
  CHECK(observe(body_until_close(true), TLS1_3_VERSION).answer);
  const auto cut = observe(body_until_close(false), TLS1_3_VERSION);
  CHECK_FALSE(cut.answer);
  CHECK(cut.failure->kind == FailureKind::kClosed);
  CHECK(observe(body_until_close(false), 0).answer);  // plain HTTP has no other end
}

TEST_CASE("Chunked and interim answers are put together") {
  const auto version = any_version();
  const auto observed = observe(
      [](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chun");
        peer.pause(20);
        peer.write("ked\r\n\r\n3\r\nabc\r\n2\r");
        peer.pause(20);
        peer.write("\nde\r\n0\r\n\r\n");
        peer.stall();
      },
      version);
  REQUIRE(observed.answer);
  CHECK(observed.answer->text() == "abcde");
  CHECK(observed.reusable);
}

TEST_CASE("After a 304 the connection is not used again") {
  // Devices up to 4.0 send an unannounced body with it.
  const auto observed = observe(
      [](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 304 Not Modified\r\n\r\n{\"message\":\"\"}");
        peer.stall();
      },
      TLS1_3_VERSION, Request{Method::kPut, "/keys/k/restrictions/tags/t", nullptr, {}, {}});
  REQUIRE(observed.answer);
  CHECK(observed.answer->status == 304);
  CHECK_FALSE(observed.reusable);
}

TEST_CASE("Bytes that nobody has asked for make a connection useless") {
  const auto version = any_version();
  const auto observed = observe(
      [](Peer& peer) {
        peer.read();
        peer.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        peer.stall();
      },
      version);
  REQUIRE(observed.answer);
  CHECK(observed.answer->text() == "ok");
  CHECK_FALSE(observed.reusable);
}

TEST_CASE("An answer that announces the end fails the requests behind it and nothing else") {
  ScriptedServer server({certificate()}, [](Peer& peer) {
    for (int i = 0; i < 3; ++i) peer.read();
    peer.answer(200, "first");
    peer.answer(200, "second", "Connection: close\r\n");
    peer.close_notify();
  });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  for (int i = 0; i < 3; ++i) connection->submit(get("/info"));
  CHECK(await_answer(*connection)->text() == "first");
  CHECK(await_answer(*connection)->text() == "second");
  CHECK_FALSE(await_answer(*connection));
  CHECK(connection->ended_by_answer());
  CHECK(connection->unanswered() == 1);
  CHECK(connection->phase_of(0) == Phase::kSent);
}

TEST_CASE("A server that answers drop by drop is left at the deadline") {
  const auto version = any_version();
  const auto start = Clock::now();
  const auto observed = observe(
      [](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (peer.write("x") && peer.pause(20)) continue;
      },
      version, post("/random"), milliseconds(300));
  const auto took = Clock::now() - start;
  CHECK_FALSE(observed.answer);
  CHECK(observed.failure->kind == FailureKind::kTimeout);
  CHECK(observed.failure->phase == Phase::kAnswering);
  CHECK(took >= milliseconds(300));
  CHECK(took < seconds(3));
}

TEST_CASE("The time to connect covers the TLS handshake") {
  ScriptedServer server({}, [](Peer& peer) { peer.stall(); });
  auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  endpoint.tls = true;
  const auto start = Clock::now();
  const auto connection = connect(endpoint, Deadline::after(milliseconds(200)));
  CHECK_FALSE(exchange(*connection, get("/info")));
  CHECK(connection->failure()->kind == FailureKind::kTimeout);
  CHECK(connection->failure()->phase == Phase::kTls);
  CHECK(Clock::now() - start < seconds(5));
}

TEST_CASE("Addresses are tried one after another") {
  ScriptedServer server({}, echo_path);
  const auto endpoint = endpoint_of(server.url());
  transport::Resolver resolver;
  std::vector<transport::Address> addresses;
  {
    ScriptedServer closed({}, echo_path);
    addresses.push_back(resolver.resolve("127.0.0.1", closed.port())->front());
  }
  SECTION("the second works") {
    addresses.push_back(resolver.resolve("127.0.0.1", server.port())->front());
    Connection connection({endpoint, addresses, nullptr, nullptr}, Deadline::after(seconds(5)));
    CHECK(exchange(connection, get("/info")));
  }
  SECTION("none works") {
    addresses.push_back(addresses.front());
    Connection connection({endpoint, addresses, nullptr, nullptr}, Deadline::after(seconds(5)));
    CHECK_FALSE(exchange(connection, get("/info")));
    REQUIRE(connection.failure() != nullptr);
    CHECK(connection.failure()->kind == FailureKind::kConnect);
    CHECK(connection.failure()->provably_not_sent());
    CHECK(connection.failure()->message.find(addresses.front().to_string()) != std::string::npos);
    CHECK(connection.failure()->message.find("refused") != std::string::npos);
  }
}

TEST_CASE("An answer may come before the request has been sent completely") {
  const auto version = any_version();
  const auto observed = observe(
      [](Peer& peer) {
        peer.answer(413);
        peer.stall();
      },
      version, post("/keys/k/decrypt", std::string(12'000'000, 'x')));
  REQUIRE(observed.answer);
  CHECK(observed.answer->status == 413);
  CHECK_FALSE(observed.reusable);
}

TEST_CASE("A connection that is given up says goodbye") {
  std::atomic<int> goodbyes{0};
  ScriptedServer server({certificate()}, [&](Peer& peer) {
    while (peer.read()) peer.answer(200);
    if ((SSL_get_shutdown(peer.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0) ++goodbyes;
  });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  auto connection = connect(endpoint);
  REQUIRE(exchange(*connection, get("/info")));
  connection.reset();
  const auto until = Deadline::after(seconds(5));
  while (goodbyes == 0 && !until.passed()) ::usleep(1000);
  CHECK(goodbyes == 1);
}

TEST_CASE("Descriptor numbers above 1024 work") {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 1200) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }
  std::vector<int> occupied;
  while (occupied.empty() || occupied.back() < 1100) {
    occupied.push_back(::dup(STDERR_FILENO));
    REQUIRE(occupied.back() >= 0);
  }
  ScriptedServer server({certificate()}, echo_path);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  CHECK(exchange(*connection, post("/random")));
  CHECK(connection->wait().descriptor > 1024);
  for (const int descriptor : occupied) ::close(descriptor);
}

TEST_CASE("A connection that the peer has reset is written to without SIGPIPE") {
  const auto version = any_version();
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  REQUIRE(action.sa_handler == SIG_DFL);  // this process would be gone
  ScriptedServer server({version == 0 ? std::nullopt : std::optional(certificate()), version},
                        [](Peer& peer) {
                          peer.read();
                          peer.answer(200);
                          peer.reset();
                        });
  const auto endpoint = endpoint_of(server.url(), pinned(certificate()));
  const auto connection = connect(endpoint);
  REQUIRE(exchange(*connection, get("/info")));
  const auto until = Deadline::after(seconds(5));
  while (!connection->is_stale() && !until.passed()) continue;
  for (int i = 0; i < 3; ++i) {
    connection->submit(post("/random"));
    connection->advance(0);
  }
  CHECK_FALSE(await_answer(*connection));
  CHECK(server.count() == 1);
}
