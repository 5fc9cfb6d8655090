// SPDX-License-Identifier: Apache-2.0
// Think times and precomputed answers: what makes the simulator fit for benchmarks.
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "demo_simulator.h"
#include "simulator/command_line.h"
#include "simulator/simulator.h"
#include "simulator/think_time.h"

using namespace nethsm::simulator;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kGenerate =
    R"({"mechanisms":["ECDSA_Signature"],"type":"EC_P256","id":"key","length":0})";

std::string status_of(const std::string& response) { return response.substr(9, 3); }

std::string sign(const Simulator& simulator, char digest, unsigned instance = 0) {
  const std::string message = std::string(42, digest) + "A=";  // base64 of 32 bytes
  return ask(simulator, instance, "POST", "/keys/key/sign", kOperator,
             R"({"mode":"ECDSA","message":")" + message + "\"}");
}

std::chrono::steady_clock::duration time_of(const std::function<void()>& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace

TEST_CASE("one think time is for all kinds of work but health checks, named ones for theirs") {
  const auto all = parse_think_time("200us");
  CHECK(all.of(Labour::kSign) == 200us);
  CHECK(all.of(Labour::kRead) == 200us);
  CHECK(all.of(Labour::kHealth) == 0us);
  const auto named = parse_think_time("sign=200us,decrypt=5ms");
  CHECK(named.of(Labour::kSign) == 200us);
  CHECK(named.of(Labour::kDecrypt) == 5ms);
  CHECK(named.of(Labour::kRead) == 0us);
  const auto rest = parse_think_time("1ms,generate=2s");
  CHECK(rest.of(Labour::kWrite) == 1ms);
  CHECK(rest.of(Labour::kGenerate) == 2s);
  CHECK_FALSE(ThinkTime().any());
  CHECK(rest.any());
}

TEST_CASE("a think time that means nothing is refused with the cause") {
  const auto complaint = [](std::string_view text) {
    try {
      parse_think_time(text);
    } catch (const ThinkTimeError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(complaint("200") == "'200' is no duration such as 200us, 5ms or 1s");
  CHECK(complaint("sign=fast") == "'fast' is no duration such as 200us, 5ms or 1s");
  CHECK(complaint("-1ms") == "'-1ms' is no duration such as 200us, 5ms or 1s");
  CHECK(complaint("99999999s") == "'99999999s' is no duration such as 200us, 5ms or 1s");
  CHECK(complaint("verify=1ms").starts_with("there is no 'verify' among sign"));
  CHECK(complaint("sign=1ms,2ms") == "the time for all kinds, '2ms', stands first");
  CHECK_THROWS_AS(parse_command_line({"--think-time", "soon"}), UsageError);
  CHECK(parse_command_line({"--think-time=3ms"}).options.think_time.of(Labour::kSign) == 3ms);
  CHECK(parse_command_line({"--precomputed"}).options.precomputed);
}

TEST_CASE("each kind of request is told from the others") {
  const auto labour = [](const char* method, const char* target) {
    Request request;
    request.method = method;
    request.target = target;
    return std::string(labour_name(labour_of(request)));
  };
  CHECK(labour("POST", "/api/v1/keys/sign/sign") == "sign");
  CHECK(labour("POST", "/api/v1/keys/k/decrypt") == "decrypt");
  CHECK(labour("POST", "/api/v1/keys/k/encrypt") == "encrypt");
  CHECK(labour("POST", "/api/v1/random") == "random");
  CHECK(labour("POST", "/api/v1/keys/generate") == "generate");
  CHECK(labour("POST", "/api/v1/keys") == "write");
  CHECK(labour("PUT", "/api/v1/keys/sign") == "write");
  CHECK(labour("GET", "/api/v1/keys?label=sign") == "read");
  CHECK(labour("GET", "/api/v1/health/ready") == "health");
}

TEST_CASE("a device with a think time works on one request after the other, its neighbour meanwhile") {
  Options options = demo(2);
  options.think_time = parse_think_time("read=60ms");
  const Simulator simulator(options);
  const auto read_at = [&](const std::vector<unsigned>& instances) {
    std::vector<std::thread> clients;
    for (const unsigned instance : instances)
      clients.emplace_back([&simulator, instance] { ask(simulator, instance, "GET", "/keys", kOperator); });
    for (auto& client : clients) client.join();
  };
  CHECK(time_of([&] { read_at({0, 0, 0}); }) >= 180ms);
  CHECK(time_of([&] { read_at({0, 0, 1, 1}); }) >= 120ms);
}

TEST_CASE("work that takes no time does not wait behind work that takes long, and it can be stopped") {
  Options options = demo();
  options.think_time = parse_think_time("generate=1000s");
  Simulator simulator(options);
  TlsClient waiting(simulator.port(0));
  REQUIRE(waiting.connected());
  REQUIRE(waiting.send("POST /api/v1/keys/generate HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  CHECK(time_of([&] { ask(simulator, 0, "GET", "/health/alive"); }) < 100s);
  CHECK(time_of([&] { simulator.stop_instance(0); }) < 100s);
}

TEST_CASE("the labourer is done in the order of arrival") {
  Labourer labourer;
  const auto begin = Labourer::Clock::now();
  const auto first = labourer.done_at(10s);
  const auto second = labourer.done_at(1s);
  CHECK(first >= begin + 10s);
  CHECK(second == first + 1s);
}

TEST_CASE("a precomputed answer is given again to the same request, until something changes") {
  Options options = demo();
  options.precomputed = true;
  const Simulator simulator(options);
  REQUIRE(status_of(ask(simulator, 0, "POST", "/keys/generate", kAdmin, kGenerate)) == "201");
  const auto first = sign(simulator, 'A');
  REQUIRE(status_of(first) == "200");

  SECTION("the same bytes, and the request is counted") {
    const auto before = simulator.request_counts(0).uses;
    CHECK(body_of(sign(simulator, 'A')) == body_of(first));
    CHECK(simulator.request_counts(0).uses == before + 1);
  }
  SECTION("another digest, another signature") { CHECK(body_of(sign(simulator, 'B')) != body_of(first)); }
  SECTION("nothing for somebody who may not sign") {
    CHECK(status_of(ask(simulator, 0, "POST", "/keys/key/sign", kAdmin,
                        R"({"mode":"ECDSA","message":"AA=="})")) == "403");
  }
  SECTION("a key that has gone signs no more") {
    REQUIRE(status_of(ask(simulator, 0, "DELETE", "/keys/key", kAdmin)) == "204");
    CHECK(status_of(sign(simulator, 'A')) == "404");
  }
  SECTION("random bytes are always new") {
    const auto random = [&] {
      return body_of(ask(simulator, 0, "POST", "/random", kOperator, R"({"length":16})"));
    };
    CHECK(random() != random());
  }
}

TEST_CASE("a simulated device can have keys from the start") {
  Options options = parse_command_line({"--demo", "--keys", "3", "--port=0"}).options;
  const Simulator simulator(options);
  CHECK(body_of(ask(simulator, 0, "GET", "/keys", kOperator)) ==
        R"([{"id":"key-000001"},{"id":"key-000002"},{"id":"key-000003"}])");
  CHECK(status_of(ask(simulator, 0, "POST", "/keys/key-000003/sign", kOperator,
                      R"({"mode":"ECDSA","message":")" + std::string(42, 'A') + "A=\"}")) == "200");
  CHECK_THROWS_AS(parse_command_line({"--keys", "3"}), UsageError);
}

TEST_CASE("refusals are not precomputed") {
  Options options = demo();
  options.precomputed = true;
  const Simulator simulator(options);
  CHECK(status_of(sign(simulator, 'A')) == "404");
  REQUIRE(status_of(ask(simulator, 0, "POST", "/keys/generate", kAdmin, kGenerate)) == "201");
  CHECK(status_of(sign(simulator, 'A')) == "200");
}
