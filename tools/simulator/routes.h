// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "simulator/resource.h"

namespace nethsm::simulator {

// The tables of the topics. Each returns a view of a constant table.
std::span<const Route> general_routes();  // /info, /health, /metrics, /provision, /unlock, /lock, /random
std::span<const Route> config_routes();
std::span<const Route> config_tls_routes();
std::span<const Route> user_routes();
std::span<const Route> user_tag_routes();
std::span<const Route> namespace_routes();
std::span<const Route> key_routes();     // /keys/...
std::span<const Route> system_routes();  // /system/...
std::span<const Route> restore_routes();
std::span<const Route> cluster_routes();  // /cluster/...

// All of them that the profile has, in order.
std::vector<const Route*> routes_of(const ProfileFacts& profile);

}  // namespace nethsm::simulator
