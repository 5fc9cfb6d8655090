// SPDX-License-Identifier: Apache-2.0
// The typed client over a real cluster of simulated devices: what it asks, and what it makes of the answers.
#include "nethsm/client.h"

#include "catch.hpp"
#include "unit/nethsm/devices.h"

using namespace nethsm;
using namespace nethsm::api;
using namespace nethsm::test;

TEST_CASE("A key lives from generation to deletion") {
  Devices devices;
  auto& client = devices.client;
  REQUIRE(client.generate_key(devices.admin, p256("k1")));
  const auto key = client.key(devices.op, "k1");
  REQUIRE(key);
  CHECK(key->type == KeyType::kEcP256);
  CHECK(std::get<Bytes>(key->public_part).size() == 65);
  CHECK(client.list_keys(devices.op).value() == std::vector<std::string>{"k1"});

  const Bytes digest(32, 7);
  CHECK(client.sign(devices.op, "k1", Mechanism::kEcdsaSignature, digest));
  CHECK(kind_of(client.sign(devices.op, "k1", Mechanism::kEcdsaSignature, Bytes(31))) ==
        Error::Kind::kRejected);
  CHECK(kind_of(client.sign(devices.admin, "k1", Mechanism::kEcdsaSignature, digest)) ==
        Error::Kind::kForbidden);

  REQUIRE(client.move_key(devices.admin, "k1", "k2"));
  CHECK(kind_of(client.key(devices.op, "k1")) == Error::Kind::kNotFound);
  CHECK(kind_of(client.move_key(devices.admin, "k2", "k2")) == Error::Kind::kExists);
  CHECK(kind_of(client.generate_key(devices.admin, p256("k2"))) == Error::Kind::kExists);
  REQUIRE(client.delete_key(devices.admin, "k2"));
  CHECK(client.list_keys(devices.op)->empty());
}

TEST_CASE("Certificates are stored as they are, and their absence is no error") {
  Devices devices;
  REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
  CHECK(devices.client.certificate(devices.op, "k").value() == std::nullopt);
  const auto text = to_bytes("not looked at by the device");
  REQUIRE(devices.client.put_certificate(devices.admin, "k", text));
  CHECK(devices.client.certificate(devices.op, "k").value() == text);
  CHECK(kind_of(devices.client.put_certificate(devices.admin, "k", text)) == Error::Kind::kExists);
  REQUIRE(devices.client.delete_certificate(devices.admin, "k"));
  CHECK(devices.client.certificate(devices.op, "k").value() == std::nullopt);
}

TEST_CASE("That a key has no certificate is also found out when the device that made the key has died") {
  Devices devices;
  REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
  const bool first = devices.simulator.request_counts(0).writes != 0;
  devices.simulator.stop_instance(first ? 0 : 1);
  CHECK(devices.client.certificate(devices.op, "k").value() == std::nullopt);
  const std::vector<std::string> ids{"k"};
  CHECK(devices.client.certificates(devices.op, ids).front().value() == std::nullopt);
}

TEST_CASE("AES goes there and back again") {
  Devices devices;
  const NewKey aes{"aes", KeyType::kGeneric, mechanisms_of(KeyType::kGeneric), 256, {}};
  REQUIRE(devices.client.generate_key(devices.admin, aes));
  const Bytes plain(64, 5), iv(16, 9);
  const auto encrypted = devices.client.encrypt(devices.op, "aes", Mechanism::kAesEncryptionCbc, plain, iv);
  REQUIRE(encrypted);
  CHECK(*encrypted != plain);
  const auto decrypted =
      devices.client.decrypt(devices.op, "aes", Mechanism::kAesDecryptionCbc, *encrypted, ByteView(iv));
  REQUIRE(decrypted);
  CHECK(Bytes(decrypted->begin(), decrypted->end()) == plain);
}

TEST_CASE("Many keys are read with one request each and in order") {
  Devices devices(3);
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) {
    ids.push_back("key" + std::to_string(i));
    REQUIRE(devices.client.generate_key(devices.admin, p256(ids.back().c_str())));
  }
  devices.simulator.clear_requests();
  const auto keys = devices.client.keys(devices.op, ids);
  REQUIRE(keys.size() == ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    REQUIRE(keys[i]);
    CHECK(keys[i]->id == ids[i]);
  }
  CHECK(devices.simulator.requests().size() == ids.size());
}

TEST_CASE("Who is asked for a role must be who they say") {
  Devices devices;
  CHECK(devices.client.role(devices.op).value() == Role::kOperator);
  CHECK(devices.client.role(devices.admin).value() == Role::kAdministrator);
  CHECK(kind_of(devices.client.role(make_credential("operator", Secret("WrongPassphrase")))) ==
        Error::Kind::kUnauthorized);
}

TEST_CASE("Labels exist from API 5.0 on, which is asked once") {
  Devices old(1, simulator::Profile::kV4_0);
  CHECK_FALSE(old.client.has_labels());

  Devices devices(1);
  CHECK(devices.client.has_labels());
  devices.simulator.clear_requests();
  CHECK(devices.client.has_labels());
  CHECK(devices.simulator.requests().empty());

  REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
  REQUIRE(devices.client.set_label(devices.admin, "k", "Schlüssel \"1\""));
  CHECK(devices.client.key(devices.op, "k")->label == "Schlüssel \"1\"");
  CHECK(devices.client.list_keys(devices.op, {"Schlüssel \"1\""}).value() == std::vector<std::string>{"k"});
  CHECK(devices.client.list_keys(devices.op, {"another"})->empty());
  CHECK(devices.client.set_label(devices.admin, "k", "Schlüssel \"1\""));  // no change is no error
}

TEST_CASE("A changed passphrase is the only one that works") {
  Devices devices(1);
  const Secret changed("\"new\\ passphrase");
  REQUIRE(devices.client.set_passphrase(devices.op, "operator", changed));
  CHECK(devices.client.role(make_credential("operator", changed)));
  CHECK(kind_of(devices.client.role(devices.op)) == Error::Kind::kUnauthorized);
}

TEST_CASE("One stopped device fails no call") {
  Devices devices(3);
  REQUIRE(devices.client.generate_key(devices.admin, p256("k")));
  devices.simulator.stop_instance(1);
  for (int i = 0; i < 12; ++i) {
    CHECK(devices.client.sign(devices.op, "k", Mechanism::kEcdsaSignature, Bytes(32, 1)));
  }
  const auto states = devices.client.states();
  REQUIRE(states.size() == 3);
  CHECK(states[0] == SystemState::kOperational);
  CHECK(states[1] == SystemState::kUnknown);
  CHECK(states[2] == SystemState::kOperational);
}

TEST_CASE("Whether a cluster is operational takes one request while it is") {
  Devices devices(3);
  devices.simulator.clear_requests();
  CHECK(devices.client.is_operational());
  CHECK(devices.simulator.requests().size() == 1);
  devices.simulator.stop_instance(0);
  devices.simulator.stop_instance(2);
  for (int i = 0; i < 3; ++i) CHECK(devices.client.is_operational());
  devices.simulator.stop_instance(1);
  CHECK_FALSE(devices.client.is_operational());
}

TEST_CASE("Random bytes are as many as asked for") {
  Devices devices(1);
  CHECK(devices.client.random(devices.op, 1)->size() == 1);
  CHECK(devices.client.random(devices.op, kMaxRandomLength)->size() == kMaxRandomLength);
  CHECK(kind_of(devices.client.random(devices.op, kMaxRandomLength + 1)) == Error::Kind::kRejected);
}
