// SPDX-License-Identifier: Apache-2.0
#include "simulator/provisioning.h"

#include <chrono>

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

void reset_cluster(Cluster& cluster) {
  for (const auto& instance : cluster.instances) instance->reset();
  cluster.store.clear();
}

}  // namespace nethsm::simulator
