// SPDX-License-Identifier: Apache-2.0
// How many requests one call may cost, and how long it may take: the formulas of docs/reliability.md.
#include <list>

#include "catch.hpp"
#include "unit/cluster/captured_log.h"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

constexpr milliseconds kTimeout(150);
constexpr std::size_t kExtraRequests = 3;
constexpr seconds kExtraTime(3);
constexpr seconds kSlack(2);  // for a machine that is busy with other things

struct Trouble {
  const char* what;
  Script script;
};

Trouble trouble() {
  return GENERATE(Trouble{"closes", never_answer}, Trouble{"resets", [](Peer& p) { p.read(), p.reset(); }},
                  Trouble{"is silent", [](Peer& p) { p.read(), p.stall(); }},
                  Trouble{"answers 503", answer_all(503)}, Trouble{"is locked", answer_all(412)},
                  Trouble{"is rate-limited", answer_all(429)}, Trouble{"has no such key", answer_all(404)},
                  Trouble{"answers once and then closes", [](Peer& p) {
                            p.read();
                            p.answer(404);
                            p.read();
                          }});
}

struct Servers {
  Servers(std::size_t count, const Script& script) {
    for (std::size_t i = 0; i < count; ++i) all.emplace_back(ScriptedServer::Options{}, script);
  }
  std::size_t requests() const {
    std::size_t count = 0;
    for (const auto& server : all) count += server.count();
    return count;
  }
  Settings settings() {
    std::vector<ScriptedServer*> list;
    for (auto& server : all) list.push_back(&server);
    auto settings = settings_for(list);
    settings.timeout = kTimeout;
    return settings;
  }
  std::list<ScriptedServer> all;
};

}  // namespace

TEST_CASE("With retries a call costs at most count + 4 requests and (count + 1) timeouts and 3 s") {
  const CapturedLog quiet;
  const auto [what, script] = trouble();
  const std::size_t instances = GENERATE(1u, 6u);
  const std::uint32_t count = GENERATE(0u, 2u);
  INFO(what << ", instances " << instances << ", count " << count);
  Servers servers(instances, script);
  auto settings = servers.settings();
  settings.retries = Settings::Retries{count, seconds(0)};
  Cluster cluster(settings);
  auto request = use_request();
  request.try_others_on_not_found = true;
  for (int call = 0; call < 2; ++call) {
    const auto before = servers.requests();
    const auto start = Clock::now();
    static_cast<void>(cluster.send(request));
    CHECK(servers.requests() - before <= count + 1 + kExtraRequests);
    CHECK(Clock::now() - start <= (count + 1) * kTimeout + kExtraTime + kSlack);
  }
}

TEST_CASE("Without retries a call costs at most one attempt at each instance, and three requests more") {
  const CapturedLog quiet;
  const auto [what, script] = trouble();
  const std::size_t instances = GENERATE(1u, 3u);
  INFO(what << ", instances " << instances);
  Servers servers(instances, script);
  auto settings = servers.settings();
  Cluster cluster(settings);
  auto request = use_request();
  request.try_others_on_not_found = true;
  for (int call = 0; call < 2; ++call) {
    const auto before = servers.requests();
    const auto start = Clock::now();
    static_cast<void>(cluster.send(request));
    CHECK(servers.requests() - before <= instances + kExtraRequests);
    CHECK(Clock::now() - start <= instances * kTimeout + kExtraTime + kSlack);
  }
}

TEST_CASE("The checks before a request count among the three") {
  const CapturedLog quiet;
  Servers locked(4, answer_all(412));
  Servers without_key(3, answer_all(404));
  auto settings = locked.settings();
  for (const auto& instance : without_key.settings().instances) settings.instances.push_back(instance);
  settings.retries = Settings::Retries{0, seconds(0)};
  settings.threads_allowed = false;
  Cluster cluster(settings);
  auto request = use_request();
  for (int i = 0; i < 7; ++i) static_cast<void>(cluster.send(request));  // four have failed
  ::usleep(1'300'000);
  const auto before = locked.requests() + without_key.requests();
  request.try_others_on_not_found = true;
  CHECK(cluster.send(request)->http.status == 404);
  CHECK(locked.requests() + without_key.requests() - before == 4);
}

TEST_CASE("A write is received at most once unless it was refused") {
  const CapturedLog quiet;
  const auto [what, script] = trouble();
  const std::uint32_t count = GENERATE(0u, 3u);
  INFO(what << ", count " << count);
  Servers servers(3, script);
  auto settings = servers.settings();
  settings.retries = Settings::Retries{count, seconds(0)};
  Cluster cluster(settings);
  static_cast<void>(cluster.send(write_request()));
  const bool refused = what == std::string("is locked") || what == std::string("is rate-limited");
  CHECK(servers.requests() <= (refused ? count + 1 + kExtraRequests : 1));
}

TEST_CASE("A request that is to be delayed is delayed, and its time is not shortened by that") {
  ScriptedServer a({}, [](Peer& peer) {
    while (peer.read() && peer.pause(100)) peer.answer(200);
  });
  auto settings = settings_for({&a});
  settings.timeout = milliseconds(1000);
  Cluster cluster(settings);
  auto request = read_request("/keys/k");
  request.delay = milliseconds(300);
  const auto start = Clock::now();
  CHECK(cluster.send(request));
  CHECK(Clock::now() - start >= milliseconds(400));
}

TEST_CASE("Timeouts that stand for ever are no trouble to add up") {
  ScriptedServer a({}, echo_path), b({}, never_answer);
  auto settings = settings_for({&b, &a});
  settings.timeout = Clock::duration::max();
  settings.retries = Settings::Retries{5, std::chrono::duration_cast<seconds>(Clock::duration::max())};
  Cluster cluster(settings);
  CHECK(cluster.send(use_request()));
}
