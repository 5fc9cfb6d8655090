// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

// A port that nobody listens on: of an instance that was stopped.
std::string dead_url() {
  simulator::Simulator simulator(demo());
  return simulator.url(0);
}

// A port that takes connections and never says anything.
class SilentServer {
 public:
  SilentServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(socket_, generic, size) != 0 || listen(socket_, 16) != 0 ||
        getsockname(socket_, generic, &size) != 0) {
      throw std::runtime_error("no silent server");
    }
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/api/v1"; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("When one of three instances stops no call fails") {
  simulator::Simulator simulator(demo(3));
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const std::string id = unique_id("failover");
  const auto pair = token.generate_ed25519(id);
  const EvpKey key = public_key_of(token, pair.public_key);

  std::atomic<int> signatures{0};
  std::atomic<int> failures{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
      must(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session), "C_OpenSession");
      CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
      while (!stop) {
        Bytes signature(64);
        CK_ULONG length = signature.size();
        const bool ok =
            token.module->C_SignInit(session, &mechanism, pair.private_key) == CKR_OK &&
            token.module->C_Sign(session, in(as_bytes("data")), 4, signature.data(), &length) == CKR_OK;
        ++(ok ? signatures : failures);
      }
    });
  }
  const auto wait_for_more = [&](int more) {
    const int until = signatures + more;
    while (signatures < until && failures == 0) std::this_thread::yield();
  };
  wait_for_more(50);
  for (unsigned instance = 0; instance < 3; ++instance) {
    simulator.stop_instance(instance);
    wait_for_more(100);
    CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
    simulator.start_instance(instance);
    wait_for_more(50);
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
}

TEST_CASE("While a device makes a key the signatures of a thread do not wait for it") {
  auto options = demo(3);
  options.keys = 1;
  options.think_time = simulator::parse_think_time("generate=5s");
  simulator::Simulator simulator(options);
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const auto key =
      token.find(Attributes().text(CKA_ID, "key-000001").number(CKA_CLASS, CKO_PRIVATE_KEY)).front();
  simulator.clear_requests();
  auto generated = std::async(std::launch::async, [&] { token.generate_ed25519(unique_id("long")); });
  // That the name is free is asked right before the key is made, and is recorded as it is answered.
  while (simulator.requests().empty() && generated.wait_for(milliseconds(1)) != std::future_status::ready) {
  }
  std::this_thread::sleep_for(milliseconds(500));

  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  must(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session), "C_OpenSession");
  CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
  const Bytes digest(32, 1);
  for (int i = 0; i < 30; ++i) {
    Bytes signature(64);
    CK_ULONG length = signature.size();
    CHECK(token.module->C_SignInit(session, &mechanism, key) == CKR_OK);
    CHECK(token.module->C_Sign(session, in(digest), digest.size(), signature.data(), &length) == CKR_OK);
  }
  CHECK(generated.wait_for(seconds(0)) == std::future_status::timeout);
  generated.get();
}

TEST_CASE("A cluster that cannot be reached has its slot listed, without a token, in bounded time") {
  SlotOptions dead;
  dead.urls = {dead_url()};
  simulator::Simulator simulator(demo());
  const ConfigFile config({dead, slot_of(simulator)});
  const auto start = steady_clock::now();
  TokenSession token(1);
  CK_ULONG count = 0;
  REQUIRE(token.module->C_GetSlotList(CK_FALSE, nullptr, &count) == CKR_OK);
  CHECK(count == 2);
  CK_SLOT_ID present[2];
  REQUIRE(token.module->C_GetSlotList(CK_TRUE, present, &count) == CKR_OK);
  REQUIRE(count == 1);
  CHECK(present[0] == 1);

  CK_SLOT_INFO slot;
  REQUIRE(token.module->C_GetSlotInfo(0, &slot) == CKR_OK);
  CHECK((slot.flags & CKF_TOKEN_PRESENT) == 0);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  CHECK(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) ==
        CKR_TOKEN_NOT_PRESENT);
  CHECK(steady_clock::now() - start < seconds(15));
}

TEST_CASE("A device that says nothing costs the configured time, once, and another instance answers") {
  const SilentServer silent;
  simulator::Simulator simulator(demo());
  SlotOptions slot = slot_of(simulator);
  slot.urls.insert(slot.urls.begin(), silent.url());
  slot.more = "    connect_timeout_seconds: 1\n    timeout_seconds: 2\n";
  const ConfigFile config({slot});
  const auto start = steady_clock::now();
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("silent"));
  for (int i = 0; i < 20; ++i) {
    CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
  }
  CHECK(steady_clock::now() - start < seconds(10));
}

TEST_CASE("A slot comes back when its cluster does") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("back"));
  simulator.stop_instance(0);
  CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_DEVICE_ERROR);
  simulator.start_instance(0);
  CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
}

TEST_CASE("Without threads everything works as well, a failed instance included") {
  simulator::Simulator simulator(demo(2));
  const ConfigFile config({slot_of(simulator)}, "disable_threads: true\n");
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("threads"));
  simulator.stop_instance(0);
  for (int i = 0; i < 20; ++i) {
    CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
  }
  simulator.start_instance(0);
}
