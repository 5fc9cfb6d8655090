// SPDX-License-Identifier: Apache-2.0
#include "simulator/keystore.h"

#include <algorithm>
#include <mutex>

namespace nethsm::simulator {

bool KeyRecord::usable_with(const std::set<std::string>& user_tags) const {
  return tags.empty() ||
         std::any_of(tags.begin(), tags.end(), [&](auto& tag) { return user_tags.contains(tag); });
}

KeyRecordPtr KeyStore::find(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto it = keys_.find(id);
  return it == keys_.end() ? nullptr : it->second;
}

std::vector<std::string> KeyStore::ids(std::string_view prefix,
                                       const std::function<bool(const KeyRecord&)>& filter) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> result;
  for (auto it = keys_.lower_bound(prefix); it != keys_.end() && it->first.starts_with(prefix); ++it) {
    if (!filter || filter(*it->second)) result.push_back(it->first);
  }
  return result;
}

bool KeyStore::insert(std::string_view id, KeyRecord key) {
  auto record = std::make_shared<const KeyRecord>(std::move(key));
  const std::unique_lock lock(mutex_);
  return keys_.try_emplace(std::string(id), std::move(record)).second;
}

bool KeyStore::erase(std::string_view id) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  if (it == keys_.end()) return false;
  keys_.erase(it);
  return true;
}

MoveResult KeyStore::move(std::string_view id, std::string_view new_id) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  if (it == keys_.end()) return MoveResult::kNoSuchKey;
  if (keys_.contains(new_id)) return MoveResult::kNewIdExists;
  auto node = keys_.extract(it);
  node.key() = std::string(new_id);
  keys_.insert(std::move(node));
  return MoveResult::kMoved;
}

bool KeyStore::update(std::string_view id, const std::function<bool(KeyRecord&)>& change) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  if (it == keys_.end()) return false;
  auto copy = std::make_shared<KeyRecord>(*it->second);
  if (change(*copy)) it->second = std::move(copy);
  return true;
}

KeyStore::Keys KeyStore::snapshot() const {
  const std::shared_lock lock(mutex_);
  return keys_;
}

void KeyStore::replace(Keys keys) {
  const std::unique_lock lock(mutex_);
  keys_ = std::move(keys);
}

}  // namespace nethsm::simulator
