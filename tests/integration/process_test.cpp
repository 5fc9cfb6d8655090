// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/host.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

void succeeds(const char* scenario, int times = 1, const std::vector<std::string>& dead_urls = {}) {
  SlotOptions slot = device_slot();
  slot.urls.insert(slot.urls.end(), dead_urls.begin(), dead_urls.end());
  const ConfigFile config({slot});
  const std::string id = unique_id("host");
  TokenSession token;
  const auto key = token.generate_ed25519(id);
  for (int i = 0; i < times; ++i) {
    const HostRun run = run_host(scenario, id);
    CHECK(run.status == 0);
    // Nothing is printed into the host's output.
    CHECK(run.output == "");
  }
  CHECK(token.sign({CKM_EDDSA, nullptr, 0}, key.private_key, as_bytes("data")).rv == CKR_OK);
}

// Nobody listens there: an instance that fails, so that there is a thread that looks after it.
const std::vector<std::string> kDead = {"https://127.0.0.1:1/api/v1"};

}  // namespace

TEST_CASE("Calls that come after the exit handlers are harmless and destroy nothing") {
  succeeds("exit", 5);
  succeeds("exit", 5, kDead);
}
TEST_CASE(
    "At exit the module ends its calls before OpenSSL cleans up, also in a host that has not used OpenSSL") {
  succeeds("exit-openssl");
}
TEST_CASE("A process may exit while its threads sign") { succeeds("exit-threads", 10); }
TEST_CASE("A forked child is not initialised, starts anew, and leaves its parent's connections alone") {
  succeeds("fork", 10);
}
TEST_CASE("A forked child may finalise before it starts anew") { succeeds("fork-finalize", 10); }
TEST_CASE("A forked child that does nothing leaves its parent's connections alone") {
  succeeds("fork-nothing", 10);
}
TEST_CASE("A child of a child starts anew as well") { succeeds("fork-twice", 10); }
TEST_CASE("A forked child knows the configuration though the file is out of its reach") {
  const ConfigFile config({device_slot()});
  const std::string id = unique_id("host");
  TokenSession token;
  token.generate_ed25519(id);
  const HostRun run = run_host("fork-no-file", id);
  CHECK(run.status == 0);
  CHECK(run.output == "");
}
// gcc 12's address sanitizer cannot fork a process of many threads: its allocator's locks stay held in the
// child.
TEST_CASE("A process may fork while its other threads sign", "[not-under-sanitizers]") {
  succeeds("fork-threads");
}
TEST_CASE("Threads that initialise at the same time all find the module initialised") {
  succeeds("initialize-threads", 10);
}
// That sanitizer's fork takes the locks of the thread that checks along as well.
TEST_CASE("A process may fork while the module looks after a failed instance", "[not-under-sanitizers]") {
  succeeds("fork-checks", 3, kDead);
}
TEST_CASE(
    "The module is loaded and unloaded two hundred times, finalised or not, and leaves nothing behind") {
  succeeds("load");
  succeeds("load", 1, kDead);
}
TEST_CASE("Programs that the process starts inherit nothing and change nothing") { succeeds("programs"); }
TEST_CASE("Signals that interrupt a process every millisecond fail no call") {
  succeeds("signals");
  succeeds("signals", 1, kDead);
}
TEST_CASE("A process with thousands of descriptors open uses the module like any other") {
  succeeds("descriptors");
}
