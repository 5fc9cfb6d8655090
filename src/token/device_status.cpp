// SPDX-License-Identifier: Apache-2.0
#include "token/device_status.h"

#include <utility>

namespace nethsm::token {
namespace {

constexpr auto kPresenceLifetime = seconds(5), kAbsenceLifetime = seconds(1);
constexpr auto kDoubtLifetime = milliseconds(500);
constexpr auto kSystemLifetime = seconds(60);

}  // namespace

bool DeviceStatus::is_due(Remembered& remembered, Clock::duration lifetime) {
  const auto now = Clock::now();
  if (remembered.asked && now - *remembered.asked < lifetime) return false;
  remembered.asked = now;
  return true;
}

bool DeviceStatus::present() {
  {
    auto state = state_.lock();
    // A first answer is waited for by everyone; later ones only by the thread that asks.
    // A request that no instance has answered is a reason to ask anew.
    const auto outages = client_.outages();
    if (std::exchange(state->outages_seen, outages) != outages) state->doubtful = true;
    const Clock::duration lifetime = state->doubtful           ? Clock::duration(kDoubtLifetime)
                                     : state->present == false ? Clock::duration(kAbsenceLifetime)
                                                               : Clock::duration(kPresenceLifetime);
    if (!is_due(state->presence, lifetime) && state->present) return *state->present;
    state->doubtful = false;
  }
  const bool present = client_.is_operational();
  auto state = state_.lock();
  if (state->present && *state->present != present) ++state->changes;
  state->present = present;
  state->presence.asked = Clock::now();
  return present;
}

std::uint64_t DeviceStatus::presence_changes() {
  present();
  return state_.lock()->changes;
}

api::DeviceInfo DeviceStatus::names() {
  {
    auto state = state_.lock();
    if (state->names) return *state->names;
  }
  const api::DeviceInfo unknown{"unknown", "unknown"};
  if (!present()) return unknown;
  auto names = client_.info();
  if (!names) return unknown;
  state_.lock()->names = *names;
  return *names;
}

std::optional<api::SystemInfo> DeviceStatus::system(const std::optional<api::Credential>& administrator) {
  {
    auto state = state_.lock();
    if (!administrator || !is_due(state->system_read, kSystemLifetime)) return state->system;
  }
  auto fresh = client_.system_info(*administrator);
  auto state = state_.lock();
  if (fresh) {
    if (state->system) fresh->device_id = state->system->device_id;
    state->system = *fresh;
  }
  return state->system;
}

}  // namespace nethsm::token
