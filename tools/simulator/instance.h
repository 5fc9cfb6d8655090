// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/metrics.h"
#include "simulator/passphrase.h"
#include "simulator/profile.h"
#include "simulator/store.h"
#include "simulator/timestamp.h"
#include "simulator/tls_identity.h"

namespace nethsm::simulator {

enum class State : std::uint8_t { kUnprovisioned = 1, kLocked = 2, kOperational = 4 };  // bits of States
std::string_view state_name(State state);

// The settings under /config that each instance keeps for itself, as the JSON texts that GET answers.
struct Settings {
  std::string network = R"({"ipAddress":"192.168.1.1","netmask":"255.255.255.0","gateway":"0.0.0.0"})";
  std::string logging = R"({"ipAddress":"0.0.0.0","port":514,"logLevel":"info"})";
  bool unattended_boot = false;
};

// Refuses whoever failed within the last second.
class RateLimit {
 public:
  bool refuses(const std::string& whom) const;
  void note_failure(const std::string& whom);
  void clear();

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::chrono::steady_clock::time_point> failures_;
};

// What one NetHSM of a cluster has for itself. Thread-safe.
class Instance {
 public:
  explicit Instance(const ProfileFacts& profile);

  const ProfileFacts& profile() const { return profile_; }
  State state() const { return state_.load(); }
  void set_state(State state) { state_ = state; }

  std::optional<SlowPassphrase> unlock_passphrase() const;
  void set_unlock_passphrase(std::optional<SlowPassphrase> passphrase);

  Settings settings() const;
  void set_settings(Settings settings);

  // The device's clock; setting it leaves the host's clock alone.
  Timestamp time() const;
  void set_time(Timestamp time);

  TlsIdentity tls() const;
  void set_tls(TlsIdentity identity);

  void reset();   // to Unprovisioned; the TLS identity stays
  void reboot();  // Locked, or Operational with unattended boot

  Metrics metrics;
  RateLimit user_failures;    // by address and user name
  RateLimit unlock_failures;  // by address

 private:
  const ProfileFacts& profile_;
  std::atomic<State> state_{State::kUnprovisioned};
  mutable std::mutex mutex_;
  std::optional<SlowPassphrase> unlock_passphrase_;
  Settings settings_;
  Timestamp clock_offset_{};  // to the host's clock
  TlsIdentity tls_;
};

// The simulated devices and what they share. Provisioning, restoring or resetting one does it to all of them:
// they are one cluster from the start. Locking, rebooting and the settings concern one instance.
struct Cluster {
  Store store;
  std::vector<std::unique_ptr<Instance>> instances;  // fixed once the simulator has started
};

}  // namespace nethsm::simulator
