// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/instance.h"

namespace nethsm::simulator {

// What a backup holds: all that the cluster shares, and the settings of the instance that made it.
struct BackupContents {
  Store::Contents store;
  Settings settings;
  std::optional<SlowPassphrase> unlock_passphrase;
  std::optional<SlowPassphrase> backup_passphrase;
};

// A backup file: framed as the device's files are, with contents of our own, encrypted with AES-256-GCM.
std::string write_backup(const BackupContents& contents, const SlowPassphrase& passphrase);

// A backup file that is framed correctly. Throws Failure 400 with the server's texts.
class BackupFile {
 public:
  explicit BackupFile(std::string_view data);

  const Bytes& salt() const { return salt_; }
  // Throws Failure 400 when the key does not fit.
  BackupContents decrypt(const Bytes& key) const;

 private:
  Bytes salt_;
  Bytes version_;   // encrypted
  Bytes contents_;  // encrypted
};

}  // namespace nethsm::simulator
