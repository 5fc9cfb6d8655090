// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "simulator/backup.h"

namespace nethsm::simulator {

// The contents of a backup as JSON, before their encryption.
nlohmann::json to_json(const BackupContents& contents);
BackupContents backup_from_json(const nlohmann::json& json);

}  // namespace nethsm::simulator
