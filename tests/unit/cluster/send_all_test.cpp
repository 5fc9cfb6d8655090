// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

std::string path(std::size_t i) { return "/keys/key" + std::to_string(i); }

std::vector<cluster::Request> reads(std::size_t count) {
  std::vector<cluster::Request> requests;
  for (std::size_t i = 0; i < count; ++i) requests.push_back(read_request(path(i)));
  return requests;
}

void check_all_answered_in_order(const std::vector<Outcome>& outcomes, std::size_t count) {
  REQUIRE(outcomes.size() == count);
  std::size_t right = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!outcomes[i]) FAIL_CHECK(outcomes[i].error().message);
    if (outcomes[i] && outcomes[i]->http.text() == "/api/v1" + path(i)) ++right;
  }
  CHECK(right == count);
}

}  // namespace

TEST_CASE("Many reads are spread over instances and connections, each asked once") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer a({certificate}, echo_path), b({certificate}, echo_path), c({certificate}, echo_path);
  Cluster cluster(settings_for({&a, &b, &c}, &certificate));
  check_all_answered_in_order(cluster.send_all(reads(500)), 500);
  CHECK(a.count() + b.count() + c.count() == 500);
  for (const auto* server : {&a, &b, &c}) {
    CHECK(server->count() > 50);
    CHECK(server->connections() == 4);
  }
  // The connections are kept.
  check_all_answered_in_order(cluster.send_all(reads(100)), 100);
  CHECK(a.connections() + b.connections() + c.connections() == 12);
}

TEST_CASE("Reads are pipelined") {
  // Answers nothing on a connection before eight requests have come on it.
  ScriptedServer a({}, [](Peer& peer) {
    std::vector<SeenRequest> seen;
    while (seen.size() < 8) {
      auto request = peer.read();
      if (!request) return;
      seen.push_back(*request);
    }
    for (const auto& request : seen) peer.answer(200, request.path);
    echo_path(peer);
  });
  Cluster cluster(settings_for({&a}));
  check_all_answered_in_order(cluster.send_all(reads(64)), 64);
}

TEST_CASE("Other requests are not pipelined") {
  std::atomic<bool> too_early{false};
  ScriptedServer a({}, [&](Peer& peer) {
    while (peer.read()) {
      pollfd entry{peer.descriptor(), POLLIN, 0};
      if (::poll(&entry, 1, 20) != 0) too_early = true;
      peer.answer(200);
    }
  });
  Cluster cluster(settings_for({&a}));
  const std::vector<cluster::Request> requests(20, use_request());
  for (const auto& outcome : cluster.send_all(requests)) CHECK(outcome);
  CHECK_FALSE(too_early);
  CHECK(a.connections() <= 4);
}

TEST_CASE("When an instance dies in the middle, only what it has not answered is asked elsewhere") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  std::atomic<int> life{40};
  std::atomic<std::size_t> answered_by_a{0};
  const auto mortal = [&](Peer& peer) {
    while (auto request = peer.read()) {
      if (life-- <= 0) return peer.reset();
      peer.answer(200, request->path);
      ++answered_by_a;
    }
  };
  ScriptedServer a({certificate}, mortal), b({certificate}, echo_path), c({certificate}, echo_path);
  Cluster cluster(settings_for({&a, &b, &c}, &certificate));
  check_all_answered_in_order(cluster.send_all(reads(500)), 500);
  CHECK(answered_by_a == 40);
  CHECK(b.count() + c.count() >= 460);
  CHECK(b.count() + c.count() <= 500);
}

TEST_CASE("Connections that end after some answers lose nothing") {
  const bool tidy = GENERATE(true, false);
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer a({certificate}, [=](Peer& peer) {
    for (int i = 1; auto request = peer.read(); ++i) {
      const bool last = i == 5;
      peer.answer(200, request->path, last && tidy ? "Connection: close\r\n" : "");
      if (last) return peer.close_notify();
    }
  });
  auto settings = settings_for({&a}, &certificate);
  // An untidy end costs the request that is next one attempt.
  if (!tidy) settings.retries = Settings::Retries{20, seconds(0)};
  Cluster cluster(settings);
  check_all_answered_in_order(cluster.send_all(reads(100)), 100);
}

TEST_CASE("An unreachable cluster is found out once, not for each request") {
  std::vector<std::string> urls = {url_of_nobody(), url_of_nobody()};
  Settings settings;
  for (const auto& url : urls) settings.instances.emplace_back().endpoint = transport::parse_url(url).value();
  Cluster cluster(settings);
  const auto outcomes = cluster.send_all(reads(1000));
  REQUIRE(outcomes.size() == 1000);
  for (const auto& outcome : outcomes) {
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == Kind::kUnreachable);
  }
}

TEST_CASE("Instances that swallow everything cost one timeout, not one for each request") {
  ScriptedServer a({}, [](Peer& peer) { peer.stall(); });
  auto settings = settings_for({&a});
  settings.timeout = milliseconds(300);
  SECTION("without retries") {}
  SECTION("with retries") { settings.retries = Settings::Retries{2, seconds(0)}; }
  Cluster cluster(settings);
  const auto start = Clock::now();
  const auto outcomes = cluster.send_all(reads(400));
  const auto took = Clock::now() - start;
  for (const auto& outcome : outcomes) REQUIRE_FALSE(outcome);
  const auto rounds = settings.retries ? 3 : 1;
  CHECK(took >= rounds * milliseconds(300));
  CHECK(took < rounds * milliseconds(300) + seconds(2));
}

TEST_CASE("One bad answer among many does not spoil the others") {
  ScriptedServer a({}, [](Peer& peer) {
    while (auto request = peer.read()) {
      const bool bad = request->path.ends_with("key7");
      if (!peer.answer(bad ? 500 : 200, request->path)) return;
    }
  });
  Cluster cluster(settings_for({&a}));
  const auto outcomes = cluster.send_all(reads(50));
  for (std::size_t i = 0; i < outcomes.size(); ++i) CHECK(outcomes[i].has_value() == (i != 7));
  CHECK(a.count() == 50);
}
