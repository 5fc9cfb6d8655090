// SPDX-License-Identifier: Apache-2.0
// Which instance a request goes to.
#include <atomic>
#include <future>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// Answers at once, but for the first request, which it works on until it is told to stop.
class Busy {
 public:
  Busy() : server_({}, [this](Peer& peer) { serve(peer); }) {}
  ~Busy() { stop(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

  ScriptedServer& server() { return server_; }
  std::size_t count() const { return server_.count(); }
  void stop() {
    if (!std::exchange(is_told_, true)) told_.set_value();
  }

 private:
  void serve(Peer& peer) {
    while (auto request = peer.read()) {
      if (!has_worked_.exchange(true)) done_.wait();
      peer.answer(200, request->path);
    }
  }

  std::promise<void> told_;
  const std::shared_future<void> done_{told_.get_future()};
  bool is_told_ = false;
  std::atomic<bool> has_worked_{false};
  ScriptedServer server_;
};

}  // namespace

TEST_CASE("While an instance is failed, the others share its load evenly") {
  ScriptedServer a({}, echo_path), b({}, answer_all(412)), c({}, echo_path);
  Cluster cluster(settings_for({&a, &b, &c}));
  for (int i = 0; i < 60; ++i) CHECK(cluster.send(read_request("/keys/k")));
  CHECK(b.count() == 1);
  CHECK(a.count() == 30);
  CHECK(c.count() == 30);
}

TEST_CASE("The first turn is the setting's") {
  ScriptedServer a({}, echo_path), b({}, echo_path), c({}, echo_path);
  auto settings = settings_for({&a, &b, &c});
  settings.first_turn = 5;
  Cluster cluster(settings);
  CHECK(cluster.send(read_request("/keys/k"))->instance == 2);
  CHECK(cluster.send(read_request("/keys/k"))->instance == 0);
}

TEST_CASE("Requests go past an instance that is busy with another one, and to the rest in turn") {
  Busy a;
  ScriptedServer b({}, echo_path), c({}, echo_path);
  Cluster cluster(settings_for({&a.server(), &b, &c}));
  auto long_one = std::async(std::launch::async, [&] { return cluster.send(write_request())->instance; });
  REQUIRE(comes_true([&] { return a.count() == 1; }));

  for (int i = 0; i < 60; ++i) CHECK(cluster.send(use_request()));
  CHECK(a.count() == 1);
  CHECK(b.count() == 30);
  CHECK(c.count() == 30);
  const std::vector<cluster::Request> listing(20, read_request("/keys/k"));
  for (const auto& outcome : cluster.send_all(listing)) CHECK(outcome);
  CHECK(a.count() == 1);

  a.stop();
  CHECK(long_one.get() == 0);
  for (int i = 0; i < 30; ++i) CHECK(cluster.send(use_request()));
  CHECK(a.count() == 11);
}

TEST_CASE("A request that was given up on keeps its instance busy no longer") {
  Busy a;
  ScriptedServer b({}, echo_path);
  auto settings = settings_for({&a.server(), &b});
  settings.timeout = seconds(1);
  Cluster cluster(settings);
  CHECK(cluster.send(use_request())->instance == 1);
  REQUIRE(a.count() == 1);
  REQUIRE(comes_true([&] { return cluster.send(use_request())->instance == 0; }));
  std::size_t at_a = 0;
  for (int i = 0; i < 20; ++i) {
    const auto outcome = cluster.send(use_request());
    REQUIRE(outcome);
    at_a += outcome->instance == 0 ? 1U : 0U;
  }
  CHECK(at_a == 10);
}

TEST_CASE("An instance that has answered 429 is asked first again after a second only") {
  ScriptedServer a({}, answer_all(429)), b({}, echo_path);
  Cluster cluster(settings_for({&a, &b}));
  const auto start = Clock::now();
  int sent = 0;
  for (; a.count() < 2 && Clock::now() - start < seconds(20); ++sent) {
    if (!cluster.send(use_request())) FAIL("the other instance answers");
  }
  CHECK(a.count() == 2);
  CHECK(sent > 20);
  CHECK(Clock::now() - start >= seconds(1));
}

TEST_CASE("When all are busy the least busy one is taken") {
  Busy a, b, c;
  Cluster cluster(settings_for({&a.server(), &b.server(), &c.server()}));
  std::vector<std::future<Outcome>> long_ones;
  for (std::size_t i = 1; i <= 3; ++i) {
    long_ones.push_back(std::async(std::launch::async, [&] { return cluster.send(use_request()); }));
    REQUIRE(comes_true([&] { return a.count() + b.count() + c.count() == i; }));
  }
  CHECK(a.count() == 1);
  CHECK(b.count() == 1);
  CHECK(c.count() == 1);
  b.stop();
  CHECK(comes_true([&] { return long_ones[1].wait_for(seconds(0)) == std::future_status::ready; }));
  for (int i = 0; i < 6; ++i) CHECK(cluster.send(use_request())->instance == 1);
  a.stop();
  c.stop();
  for (auto& one : long_ones) CHECK(one.get());
}
