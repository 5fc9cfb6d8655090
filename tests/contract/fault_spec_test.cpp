// SPDX-License-Identifier: Apache-2.0
// The grammar of faults, and which requests a fault happens to.
#include <string>
#include <vector>

#include "catch.hpp"
#include "simulator/command_line.h"
#include "simulator/faults.h"

using namespace nethsm::simulator;

namespace {

std::string complaint(const std::string& spec) {
  try {
    parse_fault(spec);
    return "";
  } catch (const FaultError& error) {
    return error.what();
  }
}

Request request_of(const std::string& method, const std::string& target) {
  Request request;
  request.method = method;
  request.target = target;
  return request;
}

// "1" for each request that the fault happens to, "." for the others.
std::string pattern_of(Faults& faults, int requests) {
  std::string pattern;
  for (int i = 0; i < requests; ++i) {
    const bool hit = faults.strike(FaultStage::kRequest, 0, request_of("GET", "/api/v1/info")).has_value();
    pattern += hit ? '1' : '.';
  }
  return pattern;
}

}  // namespace

TEST_CASE("a fault's text is read and told") {
  const std::string text = GENERATE(
      "refuse", "stall", "stall=2s", "stall=250ms,instance=0+2", "status=503,count=3",
      "status=429,nth=5,count=1,method=POST,path=/keys/*/sign", "drip=20ms,share=12.5%,seed=7",
      "huge-body=1048576", "close-idle=10ms,for=60s", "delayed-visibility=10s", "split-store,instance=1");
  CHECK(parse_fault(text).text() == text);
}

TEST_CASE("units and defaults of a fault") {
  CHECK(parse_fault("stall").value == kForEver);
  CHECK(parse_fault("stall=1min").value == 60'000);
  CHECK(parse_fault("huge-header").value == 1 << 20);
  CHECK(parse_fault("huge-body=64K").value == 64 << 10);
  CHECK(parse_fault("status=503,nth=4").count == 1);
  CHECK(parse_fault("status=503,count=2,nth=4").count == 2);
}

TEST_CASE("what is wrong with a fault is said") {
  struct Wrong {
    const char* spec;
    const char* says;
  };
  const auto wrong = GENERATE(
      Wrong{"", "there is no fault ''"}, Wrong{"burn", "there is no fault 'burn'; the kinds are refuse, "},
      Wrong{"refuse=1", "refuse takes no value"}, Wrong{"status", "status needs a value"},
      Wrong{"status=99", "HTTP status from 200 to 599, not '99'"},
      Wrong{"status=x", "HTTP status from 200 to 599, not 'x'"},
      Wrong{"stall=2", "a duration such as 500ms, 2s or 1min, not '2'"},
      Wrong{"huge-body=1T", "a size such as 100000, 64K or 128M, not '1T'"},
      Wrong{"delayed-visibility", "delayed-visibility needs a value"},
      Wrong{"status=503,often=1", "no setting 'often'; they are instance, "},
      Wrong{"status=503,", "no setting ''"}, Wrong{"status=503,count", "count needs a value"},
      Wrong{"status=503,count=0", "count takes a number from 1 on, not '0'"},
      Wrong{"status=503,share=10", "a percentage such as 20%, not '10'"},
      Wrong{"status=503,share=101%", "a percentage such as 20%, not '101%'"},
      Wrong{"status=503,instance=a", "numbers such as 0 or 0+2, not 'a'"},
      Wrong{"status=503,method=get", "GET, HEAD, POST, PUT or DELETE, not 'get'"},
      Wrong{"status=503,path=keys", "a pattern below /api/v1"},
      Wrong{"refuse,share=10%", "share has no meaning for refuse: it lasts until it is taken away"},
      Wrong{"split-store,path=/keys", "path has no meaning for split-store"},
      Wrong{"reset-before-reading,path=/keys",
            "path has no meaning for reset-before-reading: it happens before the request is known"});
  CAPTURE(wrong.spec);
  CHECK_THAT(complaint(wrong.spec), Catch::Contains(wrong.says));
}

TEST_CASE("the command line says which fault it does not understand") {
  const auto complaint_of = [](const std::vector<std::string_view>& arguments) {
    try {
      parse_command_line(arguments);
      return std::string();
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
  };
  CHECK_THAT(complaint_of({"--fault", "status=1"}), Catch::Contains("--fault status=1: status takes"));
  CHECK_THAT(complaint_of({"--fault", "refuse,instance=2", "--instances", "2"}),
             Catch::Contains("there is no instance 2; they are 0 to 1"));
  const auto line = parse_command_line({"--fault=stall,nth=2", "--fault", "status=503,share=10%"});
  REQUIRE(line.options.faults.size() == 2);
  CHECK(line.options.faults[1].share == Approx(0.1));
}

TEST_CASE("a fault happens to the requests that it is told to happen to") {
  Faults faults;
  SECTION("all") {
    faults.add(parse_fault("status=503"));
    CHECK(pattern_of(faults, 4) == "1111");
  }
  SECTION("the next ones") {
    faults.add(parse_fault("status=503,count=2"));
    CHECK(pattern_of(faults, 4) == "11..");
    CHECK(faults.list().front().over);
  }
  SECTION("the n-th") {
    faults.add(parse_fault("status=503,nth=3"));
    CHECK(pattern_of(faults, 5) == "..1..");
  }
  SECTION("some from the n-th on") {
    faults.add(parse_fault("status=503,nth=3,count=2"));
    CHECK(pattern_of(faults, 6) == "..11..");
  }
  SECTION("a share, the same with the same seed") {
    const auto with_seed = [](const std::string& seed) {
      Faults some;
      some.add(parse_fault("status=503,share=25%,seed=" + seed));
      return pattern_of(some, 400);
    };
    const auto first = with_seed("1");
    const auto hits = std::count(first.begin(), first.end(), '1');
    CHECK(hits > 60);
    CHECK(hits < 140);
    CHECK(with_seed("1") == first);
    CHECK(with_seed("2") != first);
  }
  SECTION("none any more") {
    const auto id = faults.add(parse_fault("status=503"));
    CHECK(faults.remove(id));
    CHECK_FALSE(faults.remove(id));
    CHECK(pattern_of(faults, 2) == "..");
  }
}

TEST_CASE("a fault concerns a method, a path and an instance") {
  Faults faults;
  faults.add(parse_fault("status=503,method=POST,path=/keys/*/sign,instance=1"));
  const auto sign = request_of("POST", "/api/v1/keys/k/sign?x=1");
  CHECK(faults.strike(FaultStage::kRequest, 1, sign));
  CHECK_FALSE(faults.strike(FaultStage::kRequest, 0, sign));
  CHECK_FALSE(faults.strike(FaultStage::kAnswer, 1, sign));
  CHECK_FALSE(faults.strike(FaultStage::kRequest, 1, request_of("GET", "/api/v1/keys/k/sign")));
  CHECK_FALSE(faults.strike(FaultStage::kRequest, 1, request_of("POST", "/api/v1/keys/k/decrypt")));
  CHECK(faults.list().front().matched == 1);
}

TEST_CASE("patterns of paths") {
  CHECK(matches_pattern("/keys", "/keys"));
  CHECK_FALSE(matches_pattern("/keys", "/keys/k"));
  CHECK(matches_pattern("/keys*", "/keys/k/sign"));
  CHECK(matches_pattern("/keys/*/sign", "/keys/k/sign"));
  CHECK_FALSE(matches_pattern("/keys/*/sign", "/keys/k/signs"));
  CHECK(matches_pattern("*/*", "/a"));
  CHECK_FALSE(matches_pattern("", "/a"));
}
