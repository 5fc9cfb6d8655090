// SPDX-License-Identifier: Apache-2.0
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

bool has_version(const ProfileFacts& profile, Version version) {
  switch (version) {
    case Version::kAll:
      return true;
    case Version::kSince4_0:
      return profile.profile != Profile::kV3_1;
    case Version::kSince5_0:
      return profile.profile == Profile::kV5_0;
  }
  return false;
}

}  // namespace

std::vector<const Route*> routes_of(const ProfileFacts& profile) {
  std::vector<const Route*> routes;
  for (const auto& table :
       {general_routes(), config_routes(), config_tls_routes(), user_routes(), user_tag_routes(),
        namespace_routes(), key_routes(), system_routes(), restore_routes(), cluster_routes()}) {
    for (const Route& route : table) {
      if (has_version(profile, route.version)) routes.push_back(&route);
    }
  }
  return routes;
}

}  // namespace nethsm::simulator
