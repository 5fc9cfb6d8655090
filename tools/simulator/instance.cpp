// SPDX-License-Identifier: Apache-2.0
#include "simulator/instance.h"

#include <chrono>

namespace nethsm::simulator {
namespace {

constexpr std::chrono::seconds kRefusal{1};

Timestamp host_time() {
  return std::chrono::duration_cast<Timestamp>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

std::string_view state_name(State state) {
  switch (state) {
    case State::kUnprovisioned:
      return "Unprovisioned";
    case State::kLocked:
      return "Locked";
    case State::kOperational:
      return "Operational";
  }
  return "Failed";
}

bool RateLimit::refuses(const std::string& whom) const {
  const std::lock_guard lock(mutex_);
  if (failures_.empty()) return false;
  const auto it = failures_.find(whom);
  if (it == failures_.end()) return false;
  if (std::chrono::steady_clock::now() - it->second < kRefusal) return true;
  failures_.erase(it);
  return false;
}

void RateLimit::note_failure(const std::string& whom) {
  const std::lock_guard lock(mutex_);
  failures_[whom] = std::chrono::steady_clock::now();
}

void RateLimit::clear() {
  const std::lock_guard lock(mutex_);
  failures_.clear();
}

Instance::Instance(const ProfileFacts& profile) : profile_(profile), tls_(TlsIdentity::generate()) {}

std::optional<SlowPassphrase> Instance::unlock_passphrase() const {
  const std::lock_guard lock(mutex_);
  return unlock_passphrase_;
}

void Instance::set_unlock_passphrase(std::optional<SlowPassphrase> passphrase) {
  const std::lock_guard lock(mutex_);
  unlock_passphrase_ = std::move(passphrase);
}

Settings Instance::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void Instance::set_settings(Settings settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
}

Timestamp Instance::time() const {
  const std::lock_guard lock(mutex_);
  return host_time() + clock_offset_;
}

void Instance::set_time(Timestamp time) {
  const std::lock_guard lock(mutex_);
  clock_offset_ = time - host_time();
}

TlsIdentity Instance::tls() const {
  const std::lock_guard lock(mutex_);
  return tls_;
}

void Instance::set_tls(TlsIdentity identity) {
  const std::lock_guard lock(mutex_);
  tls_ = std::move(identity);
}

void Instance::reset() {
  state_ = State::kUnprovisioned;
  const std::lock_guard lock(mutex_);
  unlock_passphrase_.reset();
  settings_ = {};
  clock_offset_ = {};
  user_failures.clear();
  unlock_failures.clear();
  metrics.clear();
}

void Instance::reboot() {
  user_failures.clear();
  unlock_failures.clear();
  metrics.clear();
  if (state() == State::kUnprovisioned) return;
  state_ = settings().unattended_boot ? State::kOperational : State::kLocked;
}

}  // namespace nethsm::simulator
