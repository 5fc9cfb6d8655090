// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"
#include "simulator/simulator.h"

namespace nethsm::test::chaos {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The configuration's; short, so that many faults fit into a minute.
inline constexpr seconds kTimeout{3};
inline constexpr unsigned kInstances = 3;
// docs/reliability.md: no `retries`, so one attempt at each instance, and 3 s.
inline constexpr seconds kLongestCall = kInstances * kTimeout + seconds(3);

// Everything that turned out wrong, for the end. Thread-safe.
class Findings {
 public:
  void add(const std::string& what);
  std::size_t count() const;
  void print() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> first_;  // enough to see what it is about
  std::size_t count_ = 0;
};

class Arena;

// Which keys have to exist at the end, by what the calls have returned. Thread-safe.
class Ledger {
 public:
  void exists(const std::string& id);
  void gone(const std::string& id);
  void unclear(const std::string& id);  // a call failed while its device could not be asked

  // Compares with what is on the devices.
  void check(Arena& arena) const;
  std::string summary() const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> existing_, gone_, unclear_;
};

// Three devices, the module with a session, and keys that exist from the beginning.
class Arena {
 public:
  Arena();

  simulator::Simulator devices;
  ConfigFile config;
  TokenSession token;
  Findings findings;
  Ledger ledger;

  struct StableKey {
    std::string id;
    TokenSession::KeyPair handles;
    EvpKey key;
  };
  const StableKey rsa, ec, ed25519;
  const Bytes ciphertext;  // "secret" for the RSA key

  std::set<std::string> keys_on_devices() const;  // asked past the module
  std::uint64_t requests() const;                 // that all devices have read, without health checks
};

}  // namespace nethsm::test::chaos
