// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "unit/cluster/captured_log.h"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

struct BrokenCase {
  const char* what;
  Script script;
};

}  // namespace

TEST_CASE("Reads and uses go on to the next instance whatever goes wrong") {
  const auto broken = GENERATE(
      BrokenCase{"closes", never_answer}, BrokenCase{"resets", [](Peer& p) { p.read(), p.reset(); }},
      BrokenCase{"cuts its answer",
                 [](Peer& p) { p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"); }},
      BrokenCase{"talks nonsense", [](Peer& p) { p.read(), p.write("nonsense\r\n\r\n"); }},
      BrokenCase{"is slow", [](Peer& p) { p.read(), p.stall(); }}, BrokenCase{"answers 500", answer_all(500)},
      BrokenCase{"answers 502", answer_all(502)}, BrokenCase{"answers 503", answer_all(503, "Out of memory")},
      BrokenCase{"is locked", answer_all(412)}, BrokenCase{"is rate-limited", answer_all(429)});
  const auto request = GENERATE(0, 1) == 0 ? use_request() : read_request("/keys/k");
  INFO(broken.what);
  ScriptedServer a({}, broken.script), b({}, broken.script), c({}, echo_path);
  auto settings = settings_for({&a, &b, &c});
  settings.timeout = milliseconds(700);
  Cluster cluster(settings);
  const auto outcome = cluster.send(request);
  REQUIRE(outcome);
  CHECK(outcome->instance == 2);
  // Those that are slow may be looked at by then.
  CHECK(a.count() - checks_of(a) == 1);
  CHECK(b.count() - checks_of(b) == 1);
}

TEST_CASE("A write goes on only if it was certainly not done") {
  ScriptedServer b({}, echo_path);
  SECTION("nobody listened") {
    auto settings = settings_for({&b});
    settings.instances.insert(settings.instances.begin(), cluster::InstanceSettings{});
    settings.instances.front().endpoint = transport::parse_url(url_of_nobody()).value();
    Cluster cluster(settings);
    CHECK(cluster.send(write_request())->instance == 1);
  }
  SECTION("the instance was locked or rate-limited") {
    const int status = GENERATE(412, 429);
    ScriptedServer a({}, answer_all(status));
    Cluster cluster(settings_for({&a, &b}));
    CHECK(cluster.send(write_request())->instance == 1);
  }
  CHECK(b.count() == 1);
}

TEST_CASE("A write whose answer is lost is reported with its instance and never sent again") {
  const auto broken = GENERATE(
      BrokenCase{"closes", never_answer}, BrokenCase{"resets", [](Peer& p) { p.read(), p.reset(); }},
      BrokenCase{"cuts its answer",
                 [](Peer& p) { p.read(), p.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"); }},
      BrokenCase{"is slow", [](Peer& p) { p.read(), p.stall(); }}, BrokenCase{"answers 500", answer_all(500)},
      BrokenCase{"answers 503", answer_all(503)});
  INFO(broken.what);
  ScriptedServer a({}, broken.script), b({}, echo_path);
  auto settings = settings_for({&a, &b});
  settings.timeout = milliseconds(300);
  settings.retries = Settings::Retries{5, seconds(0)};
  Cluster cluster(settings);
  const auto outcome = cluster.send(write_request());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::kOutcomeUnknown);
  CHECK(outcome.error().instance == InstanceIndex{0});
  CHECK(outcome.error().message.find(a.url()) != std::string::npos);
  CHECK(a.count() + b.count() == 1);
}

TEST_CASE("The kind of failure says what all instances had in common") {
  struct Case {
    Script first, second;
    Kind kind;
  };
  const auto c = GENERATE(Case{never_answer, never_answer, Kind::kUnreachable},
                          Case{answer_all(412), answer_all(412), Kind::kNotOperational},
                          Case{answer_all(412), never_answer, Kind::kNotOperational},
                          Case{answer_all(500), answer_all(503), Kind::kBusy},
                          Case{never_answer, answer_all(502), Kind::kBusy});
  ScriptedServer a({}, c.first), b({}, c.second);
  Cluster cluster(settings_for({&a, &b}));
  const auto outcome = cluster.send(use_request());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == c.kind);
  CHECK(a.count() == 1);
  CHECK(b.count() == 1);
}

TEST_CASE("retries bounds the attempts, over all instances") {
  ScriptedServer a({}, never_answer), b({}, never_answer);
  auto settings = settings_for({&a, &b});
  const std::uint32_t count = GENERATE(0u, 1u, 2u, 5u);
  settings.retries = Settings::Retries{count, seconds(0)};
  Cluster cluster(settings);
  CHECK_FALSE(cluster.send(use_request()));
  CHECK(a.count() + b.count() == count + 1);
}

TEST_CASE("The delay is slept before an instance that has just failed is asked again, and not otherwise") {
  ScriptedServer a({}, never_answer), b({}, never_answer);
  const bool one = GENERATE(true, false);
  auto settings = one ? settings_for({&a}) : settings_for({&a, &b});
  settings.retries = Settings::Retries{1, seconds(1)};
  Cluster cluster(settings);
  const auto start = Clock::now();
  CHECK_FALSE(cluster.send(use_request()));
  const auto took = Clock::now() - start;
  CHECK((took >= seconds(1)) == one);
  CHECK(a.count() + b.count() == 2);
}

TEST_CASE("Without another instance, one that is rate-limited is asked again after a second, once") {
  std::atomic<int> refusals{0};
  ScriptedServer a({}, [&](Peer& peer) {
    while (peer.read()) peer.answer(refusals-- > 0 ? 429 : 200);
  });
  auto settings = settings_for({&a});
  const auto request = GENERATE(0, 1) == 0 ? use_request() : write_request();
  SECTION("then it answers") {
    refusals = 1;
    Cluster cluster(settings);
    const auto start = Clock::now();
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(Clock::now() - start >= seconds(1));
    CHECK(a.count() == 2);
  }
  SECTION("it still does not answer") {
    refusals = 10;
    Cluster cluster(settings);
    const auto outcome = cluster.send(request);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == Kind::kBusy);
    CHECK(a.count() == 2);
  }
  SECTION("there is no time for it") {
    refusals = 10;
    settings.timeout = milliseconds(500);
    Cluster cluster(settings);
    const auto start = Clock::now();
    CHECK_FALSE(cluster.send(request));
    CHECK(Clock::now() - start < milliseconds(500));
    CHECK(a.count() == 1);
  }
}

TEST_CASE("The wait for a busy instance does not take the place of one that has failed before") {
  std::atomic<int> b_answers{0}, c_answers{0};
  ScriptedServer a({}, answer_all(429));
  ScriptedServer b({}, [&](Peer& peer) {
    while (peer.read()) peer.answer(b_answers++ == 0 ? 200 : 412);
  });
  ScriptedServer c({}, [&](Peer& peer) {
    while (peer.read()) peer.answer(c_answers++ == 0 ? 412 : 200);
  });
  auto settings = settings_for({&a, &b, &c});
  settings.first_turn = 2;
  settings.threads_allowed = false;
  Cluster cluster(settings);
  CHECK(cluster.send(use_request())->instance == 1);
  const auto outcome = cluster.send(use_request());
  REQUIRE(outcome);
  CHECK(outcome->instance == 2);
}

TEST_CASE("When all instances have failed, all are tried") {
  const auto port_a = ScriptedServer({}, echo_path).port();
  const auto port_b = ScriptedServer({}, echo_path).port();
  Settings settings;
  for (const auto port : {port_a, port_b}) {
    settings.instances.emplace_back().endpoint =
        transport::parse_url("http://127.0.0.1:" + std::to_string(port) + "/api/v1").value();
  }
  Cluster cluster(settings);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(cluster.send(use_request()));
  ScriptedServer b({std::nullopt, 0, port_b}, echo_path);
  CHECK(cluster.send(use_request()));
  CHECK(cluster.send(write_request()));
}

TEST_CASE("An instance with a wrong certificate gets no request, is reported once, and others step in") {
  CapturedLog log;
  const auto right = make_certificate("IP:127.0.0.1"), wrong = make_certificate("IP:127.0.0.1");
  ScriptedServer a({wrong}, echo_path), b({right}, echo_path);
  Cluster cluster(settings_for({&a, &b}, &right));
  for (int i = 0; i < 6; ++i) CHECK(cluster.send(write_request())->instance == 1);
  CHECK(a.count() == 0);
  CHECK(a.connections() == 1);
  CHECK(b.count() == 6);
  CHECK(log.lines_with("is not trusted") == 1);
}

TEST_CASE("Wrong certificates everywhere are told from other failures, and are not retried") {
  const auto right = make_certificate("IP:127.0.0.1"), wrong = make_certificate("IP:127.0.0.1");
  ScriptedServer a({wrong}, echo_path), b({wrong}, echo_path);
  auto settings = settings_for({&a, &b}, &right);
  settings.retries = Settings::Retries{5, seconds(1)};
  Cluster cluster(settings);
  const auto outcome = cluster.send(use_request());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::kRefusedPeer);
  CHECK(a.connections() + b.connections() == 2);
  CHECK(a.count() + b.count() == 0);
}

TEST_CASE("A request that makes every instance answer 5xx does not make them failed") {
  CapturedLog log;
  ScriptedServer a({}, answer_all(503)), b({}, answer_all(503));
  Cluster cluster(settings_for({&a, &b}));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(cluster.send(use_request()));
  CHECK(log.lines_with("has failed") == 0);
  CHECK(a.count() == 3);
  CHECK(b.count() == 3);
}

TEST_CASE("An idle connection that the server has closed costs neither a request nor an attempt") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  const auto version = GENERATE(0, TLS1_2_VERSION, TLS1_3_VERSION);
  std::atomic<int> closed{0};
  ScriptedServer a({version == 0 ? std::nullopt : std::optional(certificate), version}, [&](Peer& peer) {
    peer.read();
    peer.answer(200);
    peer.close_notify();
    peer.close();
    ++closed;
  });
  Cluster cluster(settings_for({&a}, version == 0 ? nullptr : &certificate));
  for (int i = 1; i <= 5; ++i) {
    REQUIRE(cluster.send(write_request()));
    while (closed < i) ::usleep(1000);
  }
  CHECK(a.count() == 5);
  CHECK(a.connections() == 5);
}

TEST_CASE("An idle connection that closes in the moment of its use is replaced, except for a write") {
  CapturedLog log;
  // Serves one request and swallows the second: only the client's next connection works.
  ScriptedServer a({}, [](Peer& peer) {
    peer.read();
    peer.answer(200);
    peer.read();
  });
  Cluster cluster(settings_for({&a}));
  REQUIRE(cluster.send(use_request()));
  SECTION("a use") {
    CHECK(cluster.send(use_request()));
    CHECK(a.count() == 3);
    CHECK(log.lines_with("has failed") == 0);
  }
  SECTION("a write") {
    const auto outcome = cluster.send(write_request());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == Kind::kOutcomeUnknown);
    CHECK(a.count() == 2);
  }
}

TEST_CASE("A slow instance costs at most the timeout") {
  ScriptedServer a({}, [](Peer& peer) {
    peer.read();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.write("x") && peer.pause(20)) continue;
  });
  auto settings = settings_for({&a});
  auto request = use_request();
  SECTION("of the slot") { settings.timeout = milliseconds(300); }
  SECTION("of the request") { request.timeout = milliseconds(300); }
  Cluster cluster(settings);
  const auto start = Clock::now();
  const auto outcome = cluster.send(request);
  const auto took = Clock::now() - start;
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::kUnreachable);
  CHECK(took >= milliseconds(300));
  CHECK(took < seconds(3));
}
