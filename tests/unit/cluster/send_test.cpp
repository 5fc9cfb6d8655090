// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE("Requests go round the instances, over kept connections") {
  ScriptedServer a({}, echo_path), b({}, echo_path), c({}, echo_path);
  Cluster cluster(settings_for({&a, &b, &c}));
  for (int i = 0; i < 12; ++i) {
    const auto outcome = cluster.send(use_request());
    REQUIRE(outcome);
    CHECK(outcome->http.status == 200);
  }
  for (const auto* server : {&a, &b, &c}) {
    CHECK(server->count() == 4);
    CHECK(server->connections() == 1);
  }
}

TEST_CASE("A reply names the instance that gave it") {
  ScriptedServer a({}, answer_all(200, "a")), b({}, answer_all(200, "b"));
  Cluster cluster(settings_for({&a, &b}));
  for (int i = 0; i < 4; ++i) {
    const auto outcome = cluster.send(read_request("/info"));
    REQUIRE(outcome);
    CHECK(outcome->http.text() == (outcome->instance == 0 ? "a" : "b"));
    CHECK(cluster.url(outcome->instance) == (outcome->instance == 0 ? a : b).url());
  }
}

TEST_CASE("A request asks the preferred instance first, and only it if that is wanted") {
  ScriptedServer a({}, echo_path), b({}, echo_path);
  auto settings = settings_for({&a, &b});
  SECTION("while it works") {
    Cluster cluster(settings);
    auto request = read_request("/keys/k");
    request.prefer = 1;
    for (int i = 0; i < 4; ++i) CHECK(cluster.send(request)->instance == 1);
    CHECK(a.count() == 0);
  }
  SECTION("others step in when it fails") {
    b.stop();
    Cluster cluster(settings);
    auto request = read_request("/keys/k");
    request.prefer = 1;
    for (int i = 0; i < 4; ++i) CHECK(cluster.send(request)->instance == 0);
  }
  SECTION("unless nobody else may be asked") {
    b.stop();
    Cluster cluster(settings);
    auto request = read_request("/keys/k");
    request.prefer = 1;
    request.only_preferred = true;
    const auto outcome = cluster.send(request);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == Kind::kUnreachable);
    CHECK(a.count() == 0);
  }
}

TEST_CASE("Answers below 500 are outcomes and are not asked of others") {
  const int status = GENERATE(200, 201, 204, 303, 400, 401, 403, 404, 409, 413);
  ScriptedServer a({}, answer_all(status)), b({}, answer_all(status));
  Cluster cluster(settings_for({&a, &b}));
  const auto outcome = cluster.send(write_request());
  REQUIRE(outcome);
  CHECK(outcome->http.status == status);
  CHECK(a.count() + b.count() == 1);
}

TEST_CASE("A key that is known is asked of all before its absence is believed") {
  auto request = read_request("/keys/k");
  request.try_others_on_not_found = true;
  SECTION("another instance has it") {
    ScriptedServer a({}, answer_all(404)), b({}, answer_all(404)), c({}, answer_all(200, "here"));
    Cluster cluster(settings_for({&a, &b, &c}));
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->instance == 2);
    CHECK(outcome->http.text() == "here");
  }
  SECTION("none has it") {
    ScriptedServer a({}, answer_all(404, "not found")), b({}, answer_all(404, "not found"));
    auto settings = settings_for({&a, &b});
    settings.retries = Settings::Retries{3, seconds(5)};
    Cluster cluster(settings);
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->http.status == 404);
    CHECK(outcome->http.text() == "not found");
    CHECK(a.count() + b.count() == 2);
  }
  SECTION("the one that is sure to have it is busy") {
    std::atomic<int> refusals{1};
    ScriptedServer a({}, [&](Peer& peer) {
      while (peer.read()) peer.answer(refusals-- > 0 ? 429 : 200);
    });
    ScriptedServer b({}, answer_all(404)), c({}, answer_all(404));
    Cluster cluster(settings_for({&a, &b, &c}));
    request.prefer = 0;
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->http.status == 200);
    CHECK(a.count() == 2);
  }
  SECTION("the one that was sure to have it is busy, and has it no more") {
    std::atomic<int> refusals{1};
    ScriptedServer a({}, [&](Peer& peer) {
      while (peer.read()) peer.answer(refusals-- > 0 ? 429 : 404);
    });
    ScriptedServer b({}, answer_all(404));
    Cluster cluster(settings_for({&a, &b}));
    request.prefer = 0;
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->http.status == 404);
  }
  SECTION("the other does not answer") {
    ScriptedServer a({}, answer_all(404)), b({}, never_answer);
    Cluster cluster(settings_for({&a, &b}));
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->http.status == 404);
  }
}

TEST_CASE("A cluster without instances answers nothing") {
  Cluster cluster(Settings{});
  CHECK_FALSE(cluster.send(read_request("/info")));
  CHECK(cluster.send_all({}).empty());
  CHECK(cluster.send_to_each(read_request("/info")).empty());
}

TEST_CASE("Each instance is asked once by a question to all, whatever its health") {
  ScriptedServer a({}, answer_all(200, "a")), b({}, answer_all(412)), c({}, answer_all(200, "c"));
  auto settings = settings_for({&a, &b, &c});
  settings.instances.emplace_back().endpoint = transport::parse_url(url_of_nobody()).value();
  settings.retries = Settings::Retries{5, seconds(5)};
  Cluster cluster(settings);
  for (std::size_t round = 1; round <= 2; ++round) {
    const auto outcomes = cluster.send_to_each(read_request("/health/state"));
    REQUIRE(outcomes.size() == 4);
    CHECK(outcomes[0]->http.text() == "a");
    CHECK(outcomes[1].error().kind == Kind::kNotOperational);
    CHECK(outcomes[2]->http.text() == "c");
    CHECK(outcomes[3].error().kind == Kind::kUnreachable);
    CHECK(b.count() == round);
  }
}
