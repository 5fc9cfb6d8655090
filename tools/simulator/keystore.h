// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/key_material.h"

namespace nethsm::simulator {

// A key at one moment. Immutable but for the counter, which all records of a key share; so whoever holds a
// record works without locks, even while the key is changed, moved or deleted.
struct KeyRecord {
  MechanismSet mechanisms;
  KeyMaterialPtr material;
  std::set<std::string> tags;  // of the restrictions
  std::string label;
  std::optional<std::string> certificate;
  std::shared_ptr<std::atomic<std::uint64_t>> operations = std::make_shared<std::atomic<std::uint64_t>>(0);

  // A key without tags is everybody's; any common tag suffices.
  bool usable_with(const std::set<std::string>& user_tags) const;
};
using KeyRecordPtr = std::shared_ptr<const KeyRecord>;

enum class MoveResult { kMoved, kNoSuchKey, kNewIdExists };

// The keys of one namespace, sorted by id. Thread-safe; the lock is held for look-ups and pointer swaps only,
// never during cryptography.
class KeyStore {
 public:
  using Keys = std::map<std::string, KeyRecordPtr, std::less<>>;

  KeyRecordPtr find(std::string_view id) const;  // null: no such key
  bool contains(std::string_view id) const { return find(id) != nullptr; }
  // Ids that start with the prefix and whose record the filter, if any, accepts.
  std::vector<std::string> ids(std::string_view prefix = {},
                               const std::function<bool(const KeyRecord&)>& filter = nullptr) const;

  bool insert(std::string_view id, KeyRecord key);  // false: the id is in use
  bool erase(std::string_view id);
  MoveResult move(std::string_view id, std::string_view new_id);
  // Applies `change` to a copy and, where it returns true, puts the copy in place. Returns false without a
  // key.
  bool update(std::string_view id, const std::function<bool(KeyRecord&)>& change);

  Keys snapshot() const;    // for backups
  void replace(Keys keys);  // for restores

 private:
  mutable std::shared_mutex mutex_;
  Keys keys_;
};

}  // namespace nethsm::simulator
