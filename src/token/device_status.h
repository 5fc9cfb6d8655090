// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "nethsm/client.h"

namespace nethsm::token {

// What C_GetSlotInfo and C_GetTokenInfo tell of the device, remembered for a few seconds: applications ask in
// loops. While one thread asks anew, the others get the last answer. Thread-safe; no lock is held during
// requests.
class DeviceStatus {
 public:
  explicit DeviceStatus(api::Client& client) : client_(client) {}

  // At least one instance is operational.
  bool present();
  // How often that has changed; asks as present() does.
  std::uint64_t presence_changes();
  // "unknown" until the device has told; not asked while it is not present.
  api::DeviceInfo names();
  // Needs an administrator. The device id stays the first one seen: each node of a cluster has its own.
  std::optional<api::SystemInfo> system(const std::optional<api::Credential>& administrator);

 private:
  struct Remembered {
    std::optional<Clock::time_point> asked;  // when the answer came, or when somebody began to ask
  };
  // True for the thread that has to ask.
  static bool is_due(Remembered& remembered, Clock::duration lifetime);

  struct State {
    Remembered presence, system_read;
    std::optional<bool> present;
    std::uint64_t changes = 0, outages_seen = 0;
    bool doubtful = false;
    std::optional<api::DeviceInfo> names;
    std::optional<api::SystemInfo> system;
  };
  api::Client& client_;
  Guarded<State> state_;
};

}  // namespace nethsm::token
