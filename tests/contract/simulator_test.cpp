// SPDX-License-Identifier: Apache-2.0
// The simulator as a library: instances, connections, TLS, what it remembers.
#include "simulator/simulator.h"

#include <openssl/x509.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "demo_simulator.h"

using namespace nethsm::simulator;

namespace {

constexpr std::string_view kGenerate =
    R"({"mechanisms":["AES_Encryption_CBC"],"type":"Generic","length":128,"id":"k"})";

}  // namespace

TEST_CASE("without demo data a simulator starts Unprovisioned") {
  const Simulator simulator({});
  CHECK(body_of(ask(simulator, 0, "GET", "/health/state")) == R"({"state":"Unprovisioned"})");
}

TEST_CASE("with demo data the well-known users may do what their roles allow") {
  const Simulator simulator(demo());
  CHECK(body_of(ask(simulator, 0, "GET", "/health/state")) == R"({"state":"Operational"})");
  CHECK(has_status(ask(simulator, 0, "POST", "/random", kOperator, R"({"length":1})"), "200"));
  CHECK(has_status(ask(simulator, 0, "POST", "/random", kAdmin, R"({"length":1})"), "403"));
  CHECK(has_status(ask(simulator, 0, "POST", "/keys/generate", kAdmin, kGenerate), "201"));
}

TEST_CASE("the instances of a simulator share keys and are locked one by one") {
  const Simulator simulator(demo(3));
  REQUIRE(has_status(ask(simulator, 0, "POST", "/keys/generate", kAdmin, kGenerate), "201"));
  CHECK(has_status(ask(simulator, 2, "GET", "/keys/k", kOperator), "200"));
  REQUIRE(has_status(ask(simulator, 1, "POST", "/lock", kAdmin), "204"));
  CHECK(has_status(ask(simulator, 1, "GET", "/keys/k", kOperator), "412"));
  CHECK(has_status(ask(simulator, 2, "GET", "/keys/k", kOperator), "200"));
}

TEST_CASE("each instance has a certificate of its own") {
  const Simulator simulator(demo(2));
  CHECK(simulator.fingerprint(0).size() == 64);
  CHECK(simulator.fingerprint(0) != simulator.fingerprint(1));
  CHECK(simulator.certificate_pem(0).find("-----BEGIN CERTIFICATE-----") == 0);
}

TEST_CASE("a stopped instance loses its connections and its port, the others go on") {
  Simulator simulator(demo(2));
  const auto port = simulator.port(0);
  const auto fingerprint = simulator.fingerprint(0);
  TlsClient connected(port);
  REQUIRE(has_status(connected.request("GET", "/info"), "200"));

  simulator.stop_instance(0);
  CHECK(connected.request("GET", "/info").empty());
  CHECK_FALSE(TlsClient(port).reachable());
  CHECK(has_status(ask(simulator, 1, "GET", "/info"), "200"));

  SECTION("and comes back as it was") {
    simulator.start_instance(0);
    CHECK(simulator.port(0) == port);
    CHECK(simulator.fingerprint(0) == fingerprint);
    CHECK(has_status(ask(simulator, 0, "GET", "/keys", kOperator), "200"));
  }
  SECTION("and may be stopped twice") {
    simulator.stop_instance(0);
    CHECK_FALSE(TlsClient(port).reachable());
  }
}

TEST_CASE("a request under way when its instance stops gets no answer") {
  Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.connected());
  REQUIRE(client.send("POST /api/v1/random HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"));
  simulator.stop_instance(0);
  CHECK(client.receive().empty());
}

TEST_CASE("a simulator ends at once although connections are open") {
  std::vector<std::unique_ptr<TlsClient>> clients;
  std::chrono::steady_clock::time_point before;
  {
    const Simulator simulator(demo());
    for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<TlsClient>(simulator.port(0)));
    REQUIRE(has_status(clients.back()->request("GET", "/info"), "200"));
    before = std::chrono::steady_clock::now();
  }
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("hundreds of idle connections do not keep another one waiting") {
  const Simulator simulator(demo());
  std::vector<std::unique_ptr<TlsClient>> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(std::make_unique<TlsClient>(simulator.port(0)));
    REQUIRE(idle.back()->connected());
  }
  CHECK(has_status(ask(simulator, 0, "GET", "/info"), "200"));
  CHECK(has_status(idle.front()->request("GET", "/info"), "200"));
}

TEST_CASE("requests are told in the order of their answers, with the user and never a credential") {
  Simulator simulator(demo(2));
  ask(simulator, 1, "GET", "/keys?filter", kOperator);
  ask(simulator, 0, "GET", "/nothing");
  const auto requests = simulator.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].instance == 1);
  CHECK(requests[0].method == "GET");
  CHECK(requests[0].path == "/api/v1/keys?filter");
  CHECK(requests[0].user == "operator");
  CHECK(requests[0].status == 200);
  CHECK(requests[1].user.empty());
  CHECK(requests[1].status == 404);
  simulator.clear_requests();
  CHECK(simulator.requests().empty());
}

TEST_CASE("the log has a line per request without secrets") {
  std::mutex mutex;
  std::string log;
  Options options = demo();
  options.log = [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    log.append(line).append("\n");
  };
  {
    const Simulator simulator(options);
    ask(simulator, 0, "POST", "/random", kOperator, R"({"length":1})");
  }
  CHECK(log.find(" 0 POST /api/v1/random operator 200\n") != std::string::npos);
  CHECK(log.find("Operator") == std::string::npos);
  CHECK(log.find("length") == std::string::npos);
}

TEST_CASE("pipelined requests are answered in order") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.send(
      "GET /api/v1/info HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/health/state HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(body_of(client.receive()) == R"({"vendor":"Nitrokey GmbH","product":"NetHSM"})");
  CHECK(body_of(client.receive()) == R"({"state":"Operational"})");
}

TEST_CASE("what is no HTTP request ends the connection without an answer") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.send("nonsense\r\n\r\n"));
  CHECK(client.receive().empty());
}

TEST_CASE("a body with GET is taken for the next request") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.send("GET /api/v1/info HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody\r\n"));
  CHECK(has_status(client.receive(), "200"));
  CHECK(client.request("GET", "/info").empty());
}

TEST_CASE("Expect: 100-continue is ignored") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.send(
      "POST /api/v1/lock HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
  REQUIRE(client.send("x"));
  CHECK(has_status(client.receive(), "401"));
}

TEST_CASE("Connection: close is obeyed") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.send("GET /api/v1/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  CHECK(client.receive().find("connection: close\r\n") != std::string::npos);
  CHECK(client.receive().empty());
}

TEST_CASE("TLS sessions are not resumed, TLS 1.1 is refused") {
  const Simulator simulator(demo());
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  TlsClient first(simulator.port(0), nullptr, version);
  REQUIRE(has_status(first.request("GET", "/info"), "200"));
  CHECK(SSL_version(first.ssl()) == version);
  SSL_SESSION* session = SSL_get1_session(first.ssl());
  TlsClient second(simulator.port(0), session, version);
  SSL_SESSION_free(session);
  REQUIRE(has_status(second.request("GET", "/info"), "200"));
  CHECK(SSL_session_reused(second.ssl()) == 0);
  CHECK_FALSE(TlsClient(simulator.port(0), nullptr, TLS1_1_VERSION).connected());
}

TEST_CASE("the certificate is a self-signed one for keyfender without alternative names") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(client.connected());
  X509* certificate = SSL_get0_peer_certificate(client.ssl());
  std::array<char, 100> name{};
  X509_NAME_oneline(X509_get_subject_name(certificate), name.data(), static_cast<int>(name.size()));
  CHECK(std::string(name.data()) == "/CN=keyfender");
  CHECK(X509_verify(certificate, X509_get0_pubkey(certificate)) == 1);
  CHECK(X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) == -1);
}

TEST_CASE("a reboot over the API drops the connections and leaves the device Locked on its port") {
  const Simulator simulator(demo());
  TlsClient client(simulator.port(0));
  REQUIRE(has_status(client.request("POST", "/system/reboot", kAdmin), "204"));
  CHECK(client.request("GET", "/info").empty());
  CHECK(body_of(ask(simulator, 0, "GET", "/health/state")) == R"({"state":"Locked"})");
}

TEST_CASE("with unattended boot a reboot leaves the device Operational") {
  const Simulator simulator(demo());
  REQUIRE(
      has_status(ask(simulator, 0, "PUT", "/config/unattended-boot", kAdmin, R"({"status":"on"})"), "204"));
  TlsClient client(simulator.port(0));
  REQUIRE(has_status(client.request("POST", "/system/reboot", kAdmin), "204"));
  CHECK(client.receive().empty());
  CHECK(body_of(ask(simulator, 0, "GET", "/health/state")) == R"({"state":"Operational"})");
}

TEST_CASE("a shutdown over the API stops the instance, which may be started again") {
  std::atomic<int> stopped{-1};
  Options options = demo(2);
  options.on_shutdown = [&](unsigned instance) { stopped = static_cast<int>(instance); };
  Simulator simulator(options);
  TlsClient client(simulator.port(1));
  REQUIRE(has_status(client.request("POST", "/system/shutdown", kAdmin), "204"));
  CHECK(client.receive().empty());
  simulator.stop_instance(1);  // waits for the rest
  CHECK(stopped == 1);
  CHECK_FALSE(TlsClient(simulator.port(1)).reachable());
  simulator.start_instance(1);
  CHECK(has_status(ask(simulator, 1, "GET", "/info"), "200"));
}

TEST_CASE("a new TLS key over the API is shown to new connections") {
  const Simulator simulator(demo());
  const auto before = simulator.fingerprint(0);
  TlsClient client(simulator.port(0));
  REQUIRE(has_status(client.request("POST", "/config/tls/generate", kAdmin, R"({"type":"EC_P384"})"), "204"));
  REQUIRE(has_status(client.request("GET", "/info"), "200"));  // the new key is in place by now
  CHECK(simulator.fingerprint(0) != before);
  TlsClient next(simulator.port(0));
  REQUIRE(next.connected());
  CHECK(EVP_PKEY_get_bits(X509_get0_pubkey(SSL_get0_peer_certificate(next.ssl()))) == 384);
}

TEST_CASE("a port in use is an error that names it") {
  const Simulator first(demo());
  Options options = demo();
  options.port = first.port(0);
  CHECK_THROWS_WITH(Simulator(options), Catch::Contains("127.0.0.1 port " + std::to_string(first.port(0))));
}

TEST_CASE("the written configuration names each instance with its pin, and both users") {
  const Simulator simulator(demo(2));
  const std::string yaml = simulator.config_yaml("my slot");
  CHECK(yaml.find("  - label: \"my slot\"\n") != std::string::npos);
  for (unsigned i = 0; i < 2; ++i) {
    CHECK(yaml.find("      - url: \"" + simulator.url(i) +
                    "\"\n        sha256_fingerprints:\n          - \"" + simulator.fingerprint(i) + "\"\n") !=
          std::string::npos);
  }
  CHECK(yaml.find("username: \"operator\"\n      password: \"OperatorOperator\"") != std::string::npos);
  CHECK(yaml.find("username: \"admin\"\n      password: \"Administrator\"") != std::string::npos);
}

TEST_CASE("threads that stop, start and ask at the same time do not get in each other's way") {
  Simulator simulator(demo(2));
  std::atomic<bool> done{false};
  std::thread restarts([&] {
    for (int i = 0; i < 10; ++i) {
      simulator.stop_instance(0);
      simulator.start_instance(0);
    }
    done = true;
  });
  std::vector<std::thread> askers;
  std::atomic<int> answered{0};
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      do {
        if (has_status(ask(simulator, 1, "GET", "/keys", kOperator), "200")) ++answered;
        ask(simulator, 0, "GET", "/keys", kOperator);
      } while (!done);
    });
  }
  restarts.join();
  for (auto& asker : askers) asker.join();
  CHECK(answered > 0);
  CHECK(has_status(ask(simulator, 0, "GET", "/info"), "200"));
}
