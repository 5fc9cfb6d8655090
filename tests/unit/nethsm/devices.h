// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>

#include "catch.hpp"
#include "nethsm/client.h"
#include "simulator/simulator.h"

// A client over a real cluster of simulated devices.
namespace nethsm::test {

using namespace nethsm::api;

struct Devices {
  explicit Devices(unsigned count = 2, simulator::Profile profile = simulator::Profile::kV5_0)
      : simulator([&] {
          simulator::Options options;
          options.profile = profile;
          options.instances = count;
          options.demo = true;
          return options;
        }()),
        client(std::make_shared<cluster::Cluster>(settings())) {}

  cluster::Settings settings() const {
    cluster::Settings settings;
    settings.name = "test";
    for (unsigned i = 0; i < simulator.instances(); ++i) {
      auto endpoint = transport::parse_url(simulator.url(i));
      REQUIRE(endpoint);
      const auto pin = from_hex(simulator.fingerprint(i));
      REQUIRE(pin);
      std::copy(pin->begin(), pin->end(), endpoint->trust.pins.emplace_back().begin());
      settings.instances.push_back({*endpoint, 10});
    }
    return settings;
  }

  simulator::Simulator simulator;
  Client client;
  Credential op = make_credential("operator", Secret("OperatorOperator"));
  Credential admin = make_credential("admin", Secret("Administrator"));
};

inline NewKey p256(const char* id) { return {id, KeyType::kEcP256, {Mechanism::kEcdsaSignature}, 0, {}}; }

template <class T>
Error::Kind kind_of(const ApiResult<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().kind;
}

}  // namespace nethsm::test
