// SPDX-License-Identifier: Apache-2.0
// Answers that cannot be used, and 404s that are not the last word.
#include "catch.hpp"
#include "unit/cluster/captured_log.h"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

cluster::Request picky(cluster::Request request) {
  request.accepts = [](const transport::Response& answer) { return answer.text() != "rubbish"; };
  return request;
}

cluster::Request for_known_key(std::optional<InstanceIndex> prefer) {
  auto request = read_request("/keys/k");
  request.try_others_on_not_found = true;
  request.prefer = prefer;
  return request;
}

}  // namespace

TEST_CASE("An answer that the caller cannot use is asked of another instance, and the first one has failed") {
  CapturedLog log;
  ScriptedServer a({}, answer_all(200, "rubbish")), b({}, answer_all(200, "sense"));
  Cluster cluster(settings_for({&a, &b}));
  const auto request = picky(GENERATE(0, 1) == 0 ? use_request() : read_request("/keys/k"));
  for (int i = 0; i < 4; ++i) {
    const auto outcome = cluster.send(request);
    REQUIRE(outcome);
    CHECK(outcome->http.text() == "sense");
  }
  CHECK(a.count() == 1);
  CHECK(log.lines_with("has failed") == 1);
}

TEST_CASE("If no instance has a better answer it is not their fault") {
  CapturedLog log;
  ScriptedServer a({}, answer_all(200, "rubbish")), b({}, answer_all(200, "rubbish"));
  Cluster cluster(settings_for({&a, &b}));
  const auto outcome = cluster.send(picky(use_request()));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::kNotUnderstood);
  CHECK(a.count() + b.count() == 2);
  CHECK(log.lines_with("has failed") == 0);
}

TEST_CASE("Only the bodies of successes are looked at") {
  ScriptedServer a({}, answer_all(403, "rubbish"));
  Cluster cluster(settings_for({&a}));
  CHECK(cluster.send(picky(use_request()))->http.status == 403);
}

TEST_CASE("The instance that knows best is believed when it says that there is no such key") {
  ScriptedServer a({}, answer_all(404)), b({}, answer_all(200));
  Cluster cluster(settings_for({&a, &b}));
  auto request = for_known_key(0);
  CHECK(cluster.send(request)->http.status == 200);
  CHECK(cluster.send(request)->missing_elsewhere);
  request.believe_preferred = true;
  CHECK(cluster.send(request)->http.status == 404);
  CHECK(b.count() == 2);
}

TEST_CASE("The preferred instance is asked about a key that the others do not have, even if it had failed") {
  const CapturedLog quiet;
  std::atomic<bool> locked{true};
  ScriptedServer a({}, [&](Peer& peer) {
    while (auto request = peer.read()) peer.answer(locked ? 412 : 200, request->path);
  });
  ScriptedServer b({}, answer_all(404)), c({}, answer_all(404));
  Cluster cluster(settings_for({&a, &b, &c}));
  for (int i = 0; i < 3; ++i) static_cast<void>(cluster.send(use_request()));  // a has failed
  locked = false;
  CHECK(cluster.send(for_known_key(std::nullopt))->http.status == 404);
  const auto outcome = cluster.send(for_known_key(0));
  REQUIRE(outcome);
  CHECK(outcome->instance == 0);
}

TEST_CASE("That others lack a key proves nothing if the instance that has it does not answer") {
  const CapturedLog quiet;
  ScriptedServer a({}, never_answer), b({}, answer_all(404)), c({}, answer_all(404));
  Cluster cluster(settings_for({&a, &b, &c}));
  for (int i = 0; i < 2; ++i) {
    const auto outcome = cluster.send(for_known_key(0));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == Kind::kUnreachable);
  }
  CHECK(cluster.send(for_known_key(std::nullopt))->http.status == 404);
}

TEST_CASE("Requests that no instance answers are counted") {
  ScriptedServer a({}, answer_all(412)), b({}, answer_all(412));
  const CapturedLog quiet;
  Cluster cluster(settings_for({&a, &b}));
  CHECK(cluster.outages() == 0);
  static_cast<void>(cluster.send(use_request()));
  CHECK(cluster.outages() == 1);
  CHECK(cluster.send_to_each(read_request("/info")).size() == 2);
  CHECK(cluster.outages() == 1);
}

TEST_CASE("A server that gets a new certificate goes on being used if that is in the list") {
  const auto old_one = make_certificate("IP:127.0.0.1"), new_one = make_certificate("IP:127.0.0.1");
  auto a = std::make_unique<ScriptedServer>(ScriptedServer::Options{old_one}, echo_path);
  auto settings = settings_for({a.get()}, &old_one);
  settings.instances.front().endpoint.trust.pins.push_back(new_one.fingerprint());
  Cluster cluster(settings);
  REQUIRE(cluster.send(use_request()));
  const auto port = a->port();
  a.reset();
  ScriptedServer renewed({new_one, 0, port}, echo_path);
  CHECK(cluster.send(use_request()));
  CHECK(cluster.send(write_request()));
}

TEST_CASE("After a timeout the idle connections of an instance are not tried one by one") {
  const CapturedLog quiet;
  std::atomic<bool> silent{false};
  ScriptedServer a({}, [&](Peer& peer) {
    while (auto request = peer.read()) {
      if (silent) return peer.stall();
      if (request->path.ends_with("/slow") && !peer.pause(100)) return;
      peer.answer(200, request->path);
    }
  });
  auto settings = settings_for({&a});
  settings.timeout = milliseconds(300);
  Cluster cluster(settings);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { static_cast<void>(cluster.send(use_request("/keys/k/slow"))); });
  for (auto& thread : threads) thread.join();
  REQUIRE(a.connections() >= 2);
  silent = true;
  CHECK_FALSE(cluster.send(use_request()));
  silent = false;
  CHECK(cluster.send(use_request()));
}
