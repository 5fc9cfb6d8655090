// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/log.h"
#include "catch.hpp"
#include "cluster/instance.h"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE("stop() wakes those that wait, and later calls fail at once") {
  ScriptedServer a({}, [](Peer& peer) {
    while (peer.read()) continue;
  });
  Cluster cluster(settings_for({&a}));
  const bool write = GENERATE(true, false);
  std::optional<Outcome> outcome;
  std::thread waiting([&] { outcome = cluster.send(write ? write_request() : use_request()); });
  while (a.count() == 0) ::usleep(1000);
  const auto start = Clock::now();
  cluster.stop();
  waiting.join();
  CHECK(Clock::now() - start < seconds(5));
  REQUIRE_FALSE(*outcome);
  // A write may have been done.
  CHECK(outcome->error().kind == (write ? Kind::kOutcomeUnknown : Kind::kUnreachable));
  CHECK_FALSE(cluster.send(read_request("/info")));
  CHECK(a.count() == 1);
}

TEST_CASE("stop() also wakes those that wait for a back-off or for a connection") {
  auto nowhere = transport::parse_url("http://192.0.2.1/api/v1").value();  // RFC 5737: goes nowhere
  ScriptedServer a({}, answer_all(429));
  auto settings = settings_for({&a});
  settings.retries = Settings::Retries{100, seconds(3600)};
  SECTION("delay") {}
  SECTION("connection") { settings.instances.front().endpoint = nowhere; }
  Cluster cluster(settings);
  std::thread waiting([&] { CHECK_FALSE(cluster.send(use_request())); });
  ::usleep(50'000);
  cluster.stop();
  waiting.join();
}

TEST_CASE("A cluster that is being stopped logs no failure of an instance") {
  const std::string path = "/tmp/nethsm-stop-" + std::to_string(::getpid()) + ".log";
  log::Settings logging;
  logging.file = path;
  log::configure(logging);
  ScriptedServer a({}, never_answer);
  const auto settings = settings_for({&a});
  cluster::StopSignal stop;
  transport::OpenSockets sockets;
  cluster::Instance instance(settings, settings.instances.front(), std::make_shared<transport::TlsContexts>(),
                             sockets, stop);
  const bool stopped = GENERATE(true, false);
  if (stopped) stop.raise();
  instance.failed("its answer was cut short");
  instance.refused("its certificate was cut short");
  log::shut_down();
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ::unlink(path.c_str());
  CHECK((text.find("cut short") == std::string::npos) == stopped);
}

TEST_CASE("A forked child gives up its copies without a word to the servers") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer a({certificate}, echo_path);
  Cluster cluster(settings_for({&a}, &certificate));
  REQUIRE(cluster.send(use_request()));
  const pid_t child = ::fork();
  if (child == 0) {
    cluster.abandon_after_fork();
    ::_exit(cluster.send(use_request()) ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(cluster.send(use_request()));
  CHECK(a.connections() == 1);
}

TEST_CASE("Many threads share a cluster while an instance comes and goes") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  std::atomic<int> calls{0};
  const auto moody = [&](Peer& peer) {
    while (auto request = peer.read()) {
      if (++calls % 10 == 0) return peer.reset();
      peer.answer(200, request->path);
    }
  };
  ScriptedServer a({certificate}, moody), b({certificate}, echo_path), c({certificate}, echo_path);
  Cluster cluster(settings_for({&a, &b, &c}, &certificate));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto path = "/keys/" + std::to_string(t) + "-" + std::to_string(i);
        const auto outcome = cluster.send(use_request(path));
        if (outcome && outcome->http.text() == "/api/v1" + path) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 400);
}
