// SPDX-License-Identifier: Apache-2.0
// Writes whose answer is lost, devices that lag behind each other, and answers that are rubbish.
#include "catch.hpp"
#include "unit/nethsm/devices.h"

using namespace nethsm;
using namespace nethsm::api;
using namespace nethsm::test;

namespace {

// A change to the key "k", which exists, and how to see that it was made.
struct Change {
  const char* what;
  std::function<ApiResult<Ok>(Devices&)> make;
  std::function<bool(Devices&)> is_made;
};

bool has(Devices& devices, const std::string& id) {
  const auto ids = devices.client.list_keys(devices.admin);
  REQUIRE(ids);
  return std::ranges::find(*ids, id) != ids->end();
}

Change change() {
  return GENERATE(
      Change{"generate", [](Devices& d) { return d.client.generate_key(d.admin, p256("new")); },
             [](Devices& d) { return has(d, "new"); }},
      Change{"delete", [](Devices& d) { return d.client.delete_key(d.admin, "k"); },
             [](Devices& d) { return !has(d, "k"); }},
      Change{"move", [](Devices& d) { return d.client.move_key(d.admin, "k", "m"); },
             [](Devices& d) { return !has(d, "k") && has(d, "m"); }},
      Change{"label", [](Devices& d) { return d.client.set_label(d.admin, "k", "text"); },
             [](Devices& d) { return d.client.key(d.op, "k")->label == "text"; }},
      Change{"certificate",
             [](Devices& d) { return d.client.put_certificate(d.admin, "k", as_bytes("certificate")); },
             [](Devices& d) { return d.client.certificate(d.op, "k").value().has_value(); }});
}

std::uint64_t writes(const Devices& devices) {
  std::uint64_t count = 0;
  for (unsigned i = 0; i < devices.simulator.instances(); ++i)
    count += devices.simulator.request_counts(i).writes;
  return count;
}

std::unique_ptr<Devices> devices_with_key(unsigned count) {
  auto devices = std::make_unique<Devices>(count);
  REQUIRE(devices->client.generate_key(devices->admin, p256("k")));
  devices->simulator.clear_requests();
  return devices;
}

constexpr const char* kEachWrite[] = {"method=POST", "method=PUT", "method=DELETE"};

void to_next_write(simulator::Simulator& simulator, const std::string& fault) {
  for (const char* method : kEachWrite) simulator.add_fault(fault + ",count=1," + method);
}

}  // namespace

TEST_CASE("A change whose answer is lost is read back, and was made once") {
  const auto c = change();
  INFO(c.what);
  auto devices = devices_with_key(3);
  to_next_write(devices->simulator, GENERATE("lost-answer", "close-mid-answer", "garbage-http"));
  CHECK(c.make(*devices));
  CHECK(writes(*devices) == 1);
  devices->simulator.clear_faults();
  CHECK(c.is_made(*devices));
}

TEST_CASE("So it is if the other devices see the change late") {
  const auto c = change();
  INFO(c.what);
  auto devices = devices_with_key(3);
  devices->simulator.add_fault("delayed-visibility=10s");
  to_next_write(devices->simulator, "lost-answer");
  CHECK(c.make(*devices));
  CHECK(writes(*devices) == 1);
  CHECK(c.is_made(*devices));
}

TEST_CASE("A change that was not made is reported, and not made later") {
  const auto c = change();
  INFO(c.what);
  auto devices = devices_with_key(3);
  to_next_write(devices->simulator, GENERATE("reset-after-reading", "status=503"));
  const auto result = c.make(*devices);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == Error::Kind::kUnreachable);
  CHECK(writes(*devices) == 1);
  devices->simulator.clear_faults();
  CHECK_FALSE(c.is_made(*devices));
}

TEST_CASE("If the device that made the change cannot be asked, another one can show it") {
  auto devices = devices_with_key(2);
  devices->simulator.add_fault("lost-answer,instance=0+1,count=1,method=POST");
  // Whichever it was: from then on it answers nobody else.
  devices->simulator.add_fault("status=503,method=GET,path=/keys/new,count=1");
  CHECK(devices->client.generate_key(devices->admin, p256("new")));
  CHECK(writes(*devices) == 1);
}

TEST_CASE("If nobody can tell, the outcome is reported as unknown") {
  auto devices = devices_with_key(2);
  devices->simulator.add_fault("lost-answer,method=POST");
  devices->simulator.add_fault("status=503,method=GET");
  const auto result = devices->client.generate_key(devices->admin, p256("new"));
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == Error::Kind::kOutcomeUnknown);
  CHECK(writes(*devices) == 1);
}

TEST_CASE("A deletion is not believed to have happened because another device lacks the key") {
  auto devices = std::make_unique<Devices>(2);
  devices->simulator.add_fault("split-store");
  REQUIRE(devices->client.generate_key(devices->admin, p256("k")));
  devices->simulator.clear_requests();
  devices->simulator.add_fault("reset-after-reading,method=DELETE");
  const auto result = devices->client.delete_key(devices->admin, "k");
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == Error::Kind::kUnreachable);
  CHECK(devices->client.key(devices->op, "k"));
}

TEST_CASE("A key is changed where it is") {
  Devices devices(3);
  devices.simulator.add_fault("split-store");
  for (int i = 0; i < 6; ++i) {
    REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
    Client stranger(std::make_shared<cluster::Cluster>(devices.settings()));
    auto& client = i % 2 == 0 ? devices.client : stranger;
    CHECK(client.put_certificate(devices.admin, "k", as_bytes("certificate")));
    CHECK(client.move_key(devices.admin, "k", "m"));
    CHECK(client.delete_key(devices.admin, "m"));
  }
}

TEST_CASE("A new passphrase whose answer is lost is tried once") {
  auto devices = devices_with_key(2);
  to_next_write(devices->simulator, "lost-answer");
  const Secret changed("AnotherPassphrase");
  CHECK(devices->client.set_passphrase(devices->op, "operator", changed));
  CHECK(devices->client.role(make_credential("operator", changed)));
}

TEST_CASE("What was just written is read and used where it was written") {
  Devices devices(3);
  devices.simulator.add_fault("delayed-visibility=10s");
  for (int i = 0; i < 6; ++i) {
    const auto id = "k" + std::to_string(i);
    REQUIRE(devices.client.generate_key(devices.admin, p256(id.c_str())));
    devices.simulator.clear_requests();
    CHECK(devices.client.key(devices.op, id));
    CHECK(devices.client.sign(devices.op, id, Mechanism::kEcdsaSignature, Bytes(32, 1)));
    CHECK(devices.simulator.requests().size() == 2);
    CHECK(devices.client.list_keys(devices.op)->size() == static_cast<std::size_t>(i + 1));
  }
  for (int i = 0; i < 6; ++i) {
    const auto id = "k" + std::to_string(i);
    REQUIRE(devices.client.delete_key(devices.admin, id));
    CHECK(kind_of(devices.client.key(devices.op, id)) == Error::Kind::kNotFound);
    CHECK(devices.client.list_keys(devices.op)->size() == static_cast<std::size_t>(5 - i));
  }
}

TEST_CASE("Devices kept alike by backups only: the one that has the key is found and remembered") {
  Devices devices(3);
  devices.simulator.add_fault("split-store");
  REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
  Client stranger(std::make_shared<cluster::Cluster>(devices.settings()));  // knows nothing of the write
  devices.simulator.clear_requests();
  for (int i = 0; i < 50; ++i)
    CHECK(stranger.sign(devices.op, "k", Mechanism::kEcdsaSignature, Bytes(32, 1)));
  CHECK(devices.simulator.requests().size() <= 55);
}

TEST_CASE("An answer that is no JSON is as good as none") {
  auto devices = devices_with_key(3);
  devices->simulator.add_fault("garbage-json,instance=1");
  for (int i = 0; i < 9; ++i) {
    CHECK(devices->client.sign(devices->op, "k", Mechanism::kEcdsaSignature, Bytes(32, 1)));
    CHECK(devices->client.key(devices->op, "k"));
    CHECK(devices->client.list_keys(devices->op));
    CHECK(devices->client.random(devices->op, 16));
    CHECK(devices->client.role(devices->op));
  }
  CHECK(devices->client.generate_key(devices->admin, p256("new")));
}
