// SPDX-License-Identifier: Apache-2.0
#include "simulator/provisioning.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "simulator/key_actions.h"

namespace nethsm::simulator {
namespace {

User make_user(std::string_view id, std::string_view passphrase, Role role) {
  return {std::string(id), std::string(id), role, UserPassphrase::of(passphrase), {}};
}

}  // namespace

void provision_cluster(Cluster& cluster, std::string_view unlock_passphrase,
                       std::string_view admin_passphrase, Timestamp time) {
  const auto unlock = SlowPassphrase::of(unlock_passphrase);
  cluster.store.clear();
  cluster.store.add_user(make_user(kDemoAdministrator.id, admin_passphrase, Role::kAdministrator));
  for (const auto& instance : cluster.instances) {
    instance->set_unlock_passphrase(unlock);
    instance->set_time(time);
    instance->set_state(State::kOperational);
  }
}

void provision_demo(Cluster& cluster) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  provision_cluster(cluster, kDemoUnlockPassphrase, kDemoAdministrator.passphrase,
                    std::chrono::duration_cast<Timestamp>(now));
  for (const DemoUser& user : kFurtherDemoUsers)
    cluster.store.add_user(make_user(user.id, user.passphrase, user.role));
}

void provision_keys(Cluster& cluster, unsigned count) {
  const KeyView keys(cluster.store.keys({}), Viewpoint());
  KeyAttributes attributes;
  attributes.mechanisms.insert(*find_mechanism("ECDSA_Signature"));
  for (unsigned number = 1; number <= count; ++number) {
    std::array<char, 16> id{};
    std::snprintf(id.data(), id.size(), "key-%06u", number);
    add_key(keys, id.data(), attributes, generate_key(KeyType::kEcP256, 0));
  }
}

void reset_cluster(Cluster& cluster) {
  for (const auto& instance : cluster.instances) instance->reset();
  cluster.store.clear();
}

}  // namespace nethsm::simulator
