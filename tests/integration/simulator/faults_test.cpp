// SPDX-License-Identifier: Apache-2.0
// Whatever goes wrong with one of three devices, applications do not see it.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

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

constexpr const char* kShortTimeouts = "    connect_timeout_seconds: 1\n    timeout_seconds: 1\n";

// A cluster of three with short timeouts, a key, and what an application does with it.
struct Application {
  explicit Application(std::string_view top_level = "")
      : config({with(slot_of(simulator), kShortTimeouts)}, top_level),
        pair(token.generate_rsa(id, 1024)),
        key(public_key_of(token, pair.public_key)),
        ciphertext(rsa_encrypt(key, as_bytes("secret"), RsaPadding::kPkcs1)) {}

  static SlotOptions with(SlotOptions slot, std::string_view more) {
    slot.more = more;
    return slot;
  }

  void work() {
    const auto signature = token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, pair.private_key, as_bytes("data"));
    CHECK(signature.rv == CKR_OK);
    CHECK(rsa_verifies(key, as_bytes("data"), signature.bytes, {"SHA256"}));
    const auto plain = token.decrypt({CKM_RSA_PKCS, nullptr, 0}, pair.private_key, ciphertext);
    CHECK(plain.rv == CKR_OK);
    CHECK(as_text(plain.bytes) == "secret");
    CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);
    Bytes random(16);
    CHECK(token.module->C_GenerateRandom(token.session, random.data(), random.size()) == CKR_OK);
  }

  simulator::Simulator simulator{demo(3)};
  ConfigFile config;
  TokenSession token;
  std::string id = unique_id("faults");
  TokenSession::KeyPair pair;
  EvpKey key;
  Bytes ciphertext;
};

bool is_present(TokenSession& token) {
  CK_SLOT_INFO info;
  must(token.module->C_GetSlotInfo(0, &info), "C_GetSlotInfo");
  return (info.flags & CKF_TOKEN_PRESENT) != 0;
}

template <class Condition>
bool comes_true(Condition&& condition, seconds limit = seconds(30)) {
  const auto until = steady_clock::now() + limit;
  while (!condition()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

}  // namespace

TEST_CASE("No fault of one device fails a call, with and without the monitor thread") {
  for (const auto& fault : simulator::fault_table()) {
    if (fault.stage == simulator::FaultStage::kStore) continue;
    for (const char* top_level : {"", "disable_threads: true\n"}) {
      const std::string spec = std::string(fault.name) + (fault.preset ? "" : "=503") + ",instance=1";
      INFO(spec << (*top_level == 0 ? "" : ", no threads"));
      Application application(top_level);
      application.work();
      application.simulator.add_fault(spec);
      // Faults of connections need new ones.
      application.simulator.stop_instance(1);
      application.simulator.start_instance(1);
      for (int i = 0; i < 3; ++i) application.work();
      const bool counted = fault.stage != simulator::FaultStage::kListen;
      if (counted) CHECK(application.simulator.faults().front().happened > 0);
    }
  }
}

TEST_CASE("Devices that lag behind each other, or share nothing any more, fail no call") {
  Application application;
  application.simulator.add_fault(GENERATE("delayed-visibility=10s", "split-store"));
  for (int i = 0; i < 6; ++i) {
    const auto pair = application.token.generate_ed25519(unique_id("lag"));
    CHECK(application.token.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)).size() ==
          static_cast<std::size_t>(i + 2));
    CHECK(application.token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
    application.work();
  }
}

TEST_CASE("Handles of keys that only some devices have stay good") {
  Application application;
  application.simulator.add_fault("split-store");
  const auto pair = application.token.generate_ed25519(unique_id("backup"));
  std::this_thread::sleep_for(milliseconds(10'500));  // the time for which a new key is known to be new
  for (int i = 0; i < 6; ++i) {
    CHECK(application.token.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)).size() == 2);
    CHECK(application.token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
  }
}

TEST_CASE("A slot without an operational device has no token, and gets it back by itself") {
  Application application;
  auto& token = application.token;
  REQUIRE(is_present(token));
  CK_SLOT_ID slot = 99;
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_NO_EVENT);

  application.simulator.add_fault("status=412,path=/keys*");
  application.simulator.add_fault("status=412,path=/health/ready");
  application.simulator.add_fault("stall,path=/health/state");
  const auto sign = [&] {
    return token.sign({CKM_SHA256_RSA_PKCS, nullptr, 0}, application.pair.private_key, as_bytes("data")).rv;
  };
  CHECK(sign() == CKR_TOKEN_NOT_PRESENT);
  CHECK(comes_true([&] { return !is_present(token); }));
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_OK);
  CHECK(slot == 0);
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_NO_EVENT);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  CHECK(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) ==
        CKR_TOKEN_NOT_PRESENT);

  application.simulator.clear_faults();
  CHECK(sign() == CKR_OK);
  CHECK(comes_true([&] { return is_present(token); }));
  CHECK(token.module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_OK);
}

TEST_CASE("C_WaitForSlotEvent waits until a token comes or goes, or until C_Finalize") {
  simulator::Simulator simulator(demo(1));
  const ConfigFile config({slot_of(simulator)});
  Module module;
  REQUIRE(module->C_Initialize(nullptr) == CKR_OK);
  CK_SLOT_INFO info;
  REQUIRE(module->C_GetSlotInfo(0, &info) == CKR_OK);
  std::atomic<CK_RV> rv{CKR_GENERAL_ERROR};
  std::thread waiting([&] {
    CK_SLOT_ID slot = 99;
    rv = module->C_WaitForSlotEvent(0, &slot, nullptr);
  });
  SECTION("it goes") {
    simulator.stop_instance(0);
    waiting.join();
    CHECK(rv == CKR_OK);
    CHECK(module->C_Finalize(nullptr) == CKR_OK);
  }
  SECTION("C_Finalize") {
    std::this_thread::sleep_for(milliseconds(50));
    const auto start = steady_clock::now();
    CHECK(module->C_Finalize(nullptr) == CKR_OK);
    waiting.join();
    CHECK(rv == CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(steady_clock::now() - start < seconds(3));
  }
}

TEST_CASE("A device that is back gets its share of the requests again") {
  Application application;
  application.simulator.stop_instance(2);
  for (int i = 0; i < 3; ++i) application.work();
  application.simulator.start_instance(2);
  const auto share = [&] {
    application.simulator.clear_requests();
    for (int i = 0; i < 6; ++i) application.work();
    return application.simulator.request_counts(2).uses;
  };
  CHECK(comes_true([&] { return share() >= 5; }));  // of 18 uses
}

TEST_CASE("With one of three devices dead the others get no more requests than are needed") {
  Application application;
  application.simulator.stop_instance(0);
  application.work();
  application.simulator.clear_requests();
  constexpr int kRounds = 100;
  for (int i = 0; i < kRounds; ++i) application.work();
  std::uint64_t total = 0;
  for (unsigned i = 0; i < 3; ++i) total += application.simulator.request_counts(i).total;
  CHECK(total <= kRounds * 4 * 11 / 10);
}
