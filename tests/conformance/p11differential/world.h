// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fixture/device.h"
#include "fixture/openssl.h"
#include "side.h"
#include "simulator/simulator.h"

namespace nethsm::differential {

enum class KeyKind { kRsa, kEc, kEdwards, kAes };

// A key that both sides hold, and we as well.
struct SharedKey {
  std::string id;
  KeyKind kind;
  test::EvpKey evp{nullptr, EVP_PKEY_free};  // null: AES
  Bytes value;                               // AES

  std::string private_name() const;  // the secret key's name, for AES
  std::string public_name() const;   // none for AES
};

// A temporary directory with SoftHSM2's token and configuration, removed at the end.
class SoftHsmDirectory {
 public:
  SoftHsmDirectory();
  ~SoftHsmDirectory();
  SoftHsmDirectory(const SoftHsmDirectory&) = delete;
  SoftHsmDirectory& operator=(const SoftHsmDirectory&) = delete;

 private:
  std::string path_;
};

// Our module on a simulated cluster of three whose operator logs in by PIN, and SoftHSM2, with the same keys,
// the same certificate and the same PINs.
class World {
 public:
  World(const std::string& our_module, const std::string& softhsm_module);

  const SharedKey& key(KeyKind kind) const;

 private:
  simulator::Simulator simulator_;
  test::ConfigFile config_;
  SoftHsmDirectory softhsm_directory_;

 public:
  Side ours;
  Side theirs;
  std::vector<SharedKey> keys;
};

}  // namespace nethsm::differential
