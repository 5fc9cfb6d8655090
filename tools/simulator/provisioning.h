// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "simulator/instance.h"

namespace nethsm::simulator {

// The credentials of a simulator started with demo data; the README and the written configuration name them.
struct DemoUser {
  std::string_view id;
  std::string_view passphrase;
  Role role;
};
inline constexpr std::string_view kDemoUnlockPassphrase = "UnlockPassphrase";
inline constexpr DemoUser kDemoAdministrator = {"admin", "Administrator", Role::kAdministrator};
inline constexpr DemoUser kDemoOperator = {"operator", "OperatorOperator", Role::kOperator};
inline constexpr std::array<DemoUser, 3> kFurtherDemoUsers = {{kDemoOperator,
                                                               {"metrics", "MetricsMetrics", Role::kMetrics},
                                                               {"backup", "BackupBackup", Role::kBackup}}};

// Makes all instances Operational, with one user "admin".
void provision_cluster(Cluster& cluster, std::string_view unlock_passphrase,
                       std::string_view admin_passphrase, Timestamp time);
void provision_demo(Cluster& cluster);
// Adds so many P-256 keys that sign, without labels: key-000001 and so on.
void provision_keys(Cluster& cluster, unsigned count);

// Back to Unprovisioned, everything but the TLS identities deleted.
void reset_cluster(Cluster& cluster);

}  // namespace nethsm::simulator
