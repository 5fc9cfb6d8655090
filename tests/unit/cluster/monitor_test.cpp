// SPDX-License-Identifier: Apache-2.0
// Failed instances: who looks whether they are back, and when.
#include <dirent.h>
#include <pthread.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <list>

#include "catch.hpp"
#include "unit/cluster/captured_log.h"
#include "unit/cluster/servers.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// The monitors' threads of this process, by their blocked signals ("SigBlk" of /proc).
std::vector<std::string> monitors() {
  std::vector<std::string> blocked;
  DIR* tasks = ::opendir("/proc/self/task");
  while (const dirent* task = ::readdir(tasks)) {
    std::ifstream status(std::string("/proc/self/task/") + task->d_name + "/status");
    std::string line, name, signals;
    while (std::getline(status, line)) {
      if (line.starts_with("Name:\t")) name = line.substr(6);
      if (line.starts_with("SigBlk:\t")) signals = line.substr(8);
    }
    if (name == "nethsm-health") blocked.push_back(signals);
  }
  ::closedir(tasks);
  return blocked;
}

// /proc shows a thread a little longer than it can be joined.
bool no_monitor() {
  return comes_true([] { return monitors().empty(); }, seconds(1));
}

// Every new thread asks for a stack that no machine has.
class NoNewThreads {
 public:
  NoNewThreads() {
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 46);
    ::pthread_setattr_default_np(&huge);
    ::pthread_attr_destroy(&huge);
  }
  ~NoNewThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  NoNewThreads(const NoNewThreads&) = delete;
  NoNewThreads& operator=(const NoNewThreads&) = delete;

 private:
  pthread_attr_t before_;
};

// Answers as a locked device until told otherwise.
struct Lockable {
  std::atomic<bool> locked{true};
  ScriptedServer server{{}, [this](Peer& peer) {
                          while (peer.read()) peer.answer(locked ? 412 : 200);
                        }};
};

}  // namespace

TEST_CASE("The monitor thread exists while an instance is failed, and revives it") {
  CapturedLog log;
  Lockable a;
  ScriptedServer b({}, echo_path);
  Cluster cluster(settings_for({&a.server, &b}));
  CHECK(no_monitor());
  for (int i = 0; i < 4; ++i) CHECK(cluster.send(use_request())->instance == 1);
  // SIGKILL, SIGSTOP and two that glibc keeps for itself cannot be blocked; while it starts a thread, it
  // blocks those.
  REQUIRE(comes_true([] { return monitors() == std::vector<std::string>{"fffffffe7ffbfeff"}; }));
  CHECK(a.server.count() - checks_of(a.server) == 1);

  REQUIRE(comes_true([&] { return checks_of(a.server) >= 1; }));
  CHECK(log.lines_with("works again") == 0);
  a.locked = false;
  REQUIRE(comes_true([&] { return log.lines_with("works again") == 1; }));
  CHECK(comes_true([] { return monitors().empty(); }));
  int by_a = 0;
  for (int i = 0; i < 4; ++i) by_a += cluster.send(use_request())->instance == 0 ? 1 : 0;
  CHECK(by_a == 2);
  CHECK(log.lines_with("has failed") == 1);
}

TEST_CASE("The checks of an instance are spaced by the back-off") {
  std::vector<Clock::time_point> times;
  std::mutex mutex;
  ScriptedServer a({}, [&](Peer& peer) {
    while (auto request = peer.read()) {
      const std::lock_guard lock(mutex);
      if (request->path == kReady) times.push_back(Clock::now());
      peer.answer(412);
    }
  });
  ScriptedServer b({}, echo_path);
  Cluster cluster(settings_for({&a, &b}));
  const auto start = Clock::now();
  for (int i = 0; i < 2; ++i) CHECK(cluster.send(use_request()));
  REQUIRE(comes_true([&] {
    const std::lock_guard lock(mutex);
    return times.size() == 3;
  }));
  CHECK(times[0] - start >= seconds(1));
  CHECK(times[1] - times[0] >= milliseconds(950));
  CHECK(times[2] - times[1] >= milliseconds(1950));
}

TEST_CASE("An instance that takes connections and says nothing does not delay the revival of another") {
  CapturedLog log;
  ScriptedServer black_hole({}, [](Peer& peer) { peer.stall(); });
  Lockable a;
  ScriptedServer c({}, echo_path);
  auto settings = settings_for({&black_hole, &a.server, &c});
  settings.timeout = milliseconds(300);
  Cluster cluster(settings);
  for (int i = 0; i < 3; ++i) CHECK(cluster.send(use_request())->instance == 2);
  REQUIRE(comes_true([&] { return black_hole.connections() >= 2; }));  // the check of it is under way
  a.locked = false;
  const auto start = Clock::now();
  REQUIRE(comes_true([&] { return log.lines_with("works again") == 1; }));
  CHECK(Clock::now() - start < seconds(8));
}

TEST_CASE("A revived connection serves the next request") {
  Lockable a;
  ScriptedServer b({}, echo_path);
  Cluster cluster(settings_for({&a.server, &b}));
  for (int i = 0; i < 2; ++i) CHECK(cluster.send(use_request())->instance == 1);
  a.locked = false;
  REQUIRE(comes_true([] { return monitors().empty(); }));
  const auto connections = a.server.connections();
  for (int i = 0; i < 2; ++i) CHECK(cluster.send(use_request()));
  CHECK(a.server.connections() == connections);
}

TEST_CASE("stop() and the end of a cluster end the monitor at once") {
  ScriptedServer black_hole({}, [](Peer& peer) { peer.read(), peer.stall(); });
  ScriptedServer b({}, echo_path);
  auto settings = settings_for({&black_hole, &b});
  settings.timeout = milliseconds(200);
  auto cluster = std::make_unique<Cluster>(settings);
  for (int i = 0; i < 2; ++i) CHECK(cluster->send(use_request()));
  REQUIRE(comes_true([&] { return checks_of(black_hole) == 1; }));  // unanswered
  const auto start = Clock::now();
  if (GENERATE(true, false)) {
    cluster->stop();
  } else {
    cluster.reset();
  }
  CHECK(Clock::now() - start < seconds(1));
  CHECK(no_monitor());
}

TEST_CASE("A single instance is not watched: it gets all requests anyway") {
  Lockable a;
  Cluster cluster(settings_for({&a.server}));
  CHECK_FALSE(cluster.send(use_request()));
  CHECK(no_monitor());
  a.locked = false;
  CHECK(cluster.send(use_request()));
  CHECK(checks_of(a.server) == 0);
}

TEST_CASE("Without threads requests check the failed instances, when it is time") {
  CapturedLog log;
  Lockable a;
  ScriptedServer b({}, echo_path);
  auto settings = settings_for({&a.server, &b});
  settings.threads_allowed = false;
  Cluster cluster(settings);
  const auto start = Clock::now();
  std::size_t sent = 0;
  while (checks_of(a.server) < 2) {
    REQUIRE(cluster.send(use_request())->instance == 1);
    ++sent;
    ::usleep(10'000);
    REQUIRE(Clock::now() - start < seconds(20));
  }
  CHECK(no_monitor());
  CHECK(Clock::now() - start >= seconds(2));
  CHECK(a.server.count() == 3);  // one request, two checks
  CHECK(b.count() == sent);
  a.locked = false;
  REQUIRE(comes_true([&] {
    CHECK(cluster.send(use_request()));
    return log.lines_with("works again") == 1;
  }));
}

TEST_CASE("Checks by a request take a second at most, three instances at most") {
  std::list<ScriptedServer> black_holes;
  std::vector<ScriptedServer*> servers;
  for (int i = 0; i < 4; ++i) {
    black_holes.emplace_back(ScriptedServer::Options{}, [](Peer& peer) { peer.read(), peer.stall(); });
    servers.push_back(&black_holes.back());
  }
  ScriptedServer good({}, echo_path);
  servers.push_back(&good);
  auto settings = settings_for(servers);
  settings.threads_allowed = false;
  settings.timeout = milliseconds(100);
  Cluster cluster(settings);
  REQUIRE(cluster.send(use_request())->instance == 4);  // all black holes have been tried
  ::usleep(1'300'000);
  const auto start = Clock::now();
  REQUIRE(cluster.send(use_request()));
  const auto took = Clock::now() - start;
  CHECK(took >= milliseconds(950));
  CHECK(took < seconds(2));
  std::size_t checked = 0;
  for (const auto* server : servers) checked += checks_of(*server);
  CHECK(checked == 3);
}

TEST_CASE("Where no thread can be created requests do the checks") {
  Lockable a;
  ScriptedServer b({}, echo_path);
  a.locked = false;
  Cluster cluster(settings_for({&a.server, &b}));
  for (int i = 0; i < 2; ++i) CHECK(cluster.send(use_request()));
  a.locked = true;
  {
    const NoNewThreads no_new_threads;
    for (int i = 0; i < 2; ++i) CHECK(cluster.send(use_request())->instance == 1);
  }
  CHECK(no_monitor());
  a.locked = false;
  REQUIRE(comes_true([&] {
    const auto outcome = cluster.send(use_request());
    return outcome && outcome->instance == 0;
  }));
  CHECK(checks_of(a.server) == 1);
}

TEST_CASE("A forked child has no monitor and does not wait for one") {
  Lockable a;
  ScriptedServer b({}, echo_path);
  auto cluster = std::make_unique<Cluster>(settings_for({&a.server, &b}));
  for (int i = 0; i < 2; ++i) CHECK(cluster->send(use_request()));
  REQUIRE(comes_true([] { return monitors().size() == 1; }));
  const pid_t child = ::fork();
  if (child == 0) {
    cluster->abandon_after_fork();
    ::_exit(monitors().empty() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(monitors().size() == 1);
  a.locked = false;
  CHECK(comes_true([] { return monitors().empty(); }));
}
