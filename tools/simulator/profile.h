// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "simulator/simulator.h"

namespace nethsm::simulator {

// What differs between the API versions; the only place that knows.
struct ProfileFacts {
  Profile profile;
  std::string_view name;     // as given to --profile; also softwareVersion of /system/info
  bool clusters;             // /cluster/..., /config/tls/cluster-ca.pem, IP addresses in SANs
  bool ipv6;                 // in the configuration of network and logging
  bool labels;               // key labels, ?label=
  bool diagnose;             // /health/diagnose, promote, force-new, "id" and "learner" of members
  bool filter_in_namespace;  // before 5.0 ?filter looked the keys of a namespace up in the root namespace
  bool not_modified_without_body;  // before 5.0 a 304 from a handler carried {"message":""} unannounced
};

inline constexpr std::array<ProfileFacts, 3> kProfiles{{
    {Profile::kV3_1, "3.1", false, false, false, false, false, false},
    {Profile::kV4_0, "4.0", true, true, false, false, false, false},
    {Profile::kV5_0, "5.0", true, true, true, true, true, true},
}};

constexpr const ProfileFacts& facts(Profile profile) {
  return *std::find_if(kProfiles.begin(), kProfiles.end(),
                       [=](const ProfileFacts& row) { return row.profile == profile; });
}

// Null: no such profile.
constexpr const ProfileFacts* find_profile(std::string_view name) {
  const auto it = std::find_if(kProfiles.begin(), kProfiles.end(),
                               [=](const ProfileFacts& row) { return row.name == name; });
  return it == kProfiles.end() ? nullptr : &*it;
}

}  // namespace nethsm::simulator
