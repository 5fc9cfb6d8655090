// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
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

// From which instance a key store is looked at. `lag` is how late that instance sees what others have
// written: zero in a healthy cluster, max() for "not at all" (faults.h).
struct Viewpoint {
  unsigned instance = 0;
  std::chrono::milliseconds lag{0};
  bool keep_history = false;  // some instance lags: what it still sees must not be forgotten
};

// The keys of one namespace, sorted by id. Thread-safe; the lock is held for look-ups and pointer swaps only,
// never during cryptography. Each id has its last states, so that instances that lag see an older one.
class KeyStore {
 public:
  using Keys = std::map<std::string, KeyRecordPtr, std::less<>>;

  KeyRecordPtr find(const Viewpoint& from, std::string_view id) const;  // null: no such key
  // Ids that start with the prefix and whose record the filter, if any, accepts.
  std::vector<std::string> ids(const Viewpoint& from, std::string_view prefix,
                               const std::function<bool(const KeyRecord&)>& filter) const;

  bool insert(const Viewpoint& from, std::string_view id, KeyRecord key);  // false: the id is in use
  bool erase(const Viewpoint& from, std::string_view id);
  MoveResult move(const Viewpoint& from, std::string_view id, std::string_view new_id);
  // Applies `change` to a copy and, where it returns true, puts the copy in place. Returns false without a
  // key.
  bool update(const Viewpoint& from, std::string_view id, const std::function<bool(KeyRecord&)>& change);

  Keys snapshot() const;    // for backups
  void replace(Keys keys);  // for restores

 private:
  struct State {
    KeyRecordPtr record;              // null: deleted
    std::optional<unsigned> visible;  // to this instance at once; to all, if absent
    std::chrono::steady_clock::time_point when;
  };
  using History = std::vector<State>;  // oldest first, never empty

  static KeyRecordPtr seen(const Viewpoint& from, const History& history);
  bool is_free(const Viewpoint& from, std::string_view id) const;
  void put(const Viewpoint& from, std::string_view id, KeyRecordPtr record);
  void forget_history();

  mutable std::shared_mutex mutex_;
  std::map<std::string, History, std::less<>> keys_;
  bool has_history_ = false;  // some id has more than one state, or the state "deleted"
};

// A key store as one instance sees it; see KeyStore. A value.
class KeyView {
 public:
  KeyView(std::shared_ptr<KeyStore> store, Viewpoint from) : store_(std::move(store)), from_(from) {}

  KeyRecordPtr find(std::string_view id) const { return store_->find(from_, id); }
  bool contains(std::string_view id) const { return find(id) != nullptr; }
  std::vector<std::string> ids(std::string_view prefix = {},
                               const std::function<bool(const KeyRecord&)>& filter = nullptr) const {
    return store_->ids(from_, prefix, filter);
  }
  bool insert(std::string_view id, KeyRecord key) const { return store_->insert(from_, id, std::move(key)); }
  bool erase(std::string_view id) const { return store_->erase(from_, id); }
  MoveResult move(std::string_view id, std::string_view new_id) const {
    return store_->move(from_, id, new_id);
  }
  bool update(std::string_view id, const std::function<bool(KeyRecord&)>& change) const {
    return store_->update(from_, id, change);
  }

 private:
  std::shared_ptr<KeyStore> store_;
  Viewpoint from_;
};

}  // namespace nethsm::simulator
