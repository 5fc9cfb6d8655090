// SPDX-License-Identifier: Apache-2.0
#include "simulator/keystore.h"

#include <algorithm>
#include <mutex>

namespace nethsm::simulator {

bool KeyRecord::usable_with(const std::set<std::string>& user_tags) const {
  return tags.empty() ||
         std::any_of(tags.begin(), tags.end(), [&](auto& tag) { return user_tags.contains(tag); });
}

// The last state that has reached the instance.
KeyRecordPtr KeyStore::seen(const Viewpoint& from, const History& history) {
  if (from.lag == std::chrono::milliseconds::zero()) return history.back().record;
  const auto now = std::chrono::steady_clock::now();
  for (auto state = history.rbegin(); state != history.rend(); ++state) {
    const bool arrived = from.lag != std::chrono::milliseconds::max() && state->when + from.lag <= now;
    if (arrived || !state->visible || state->visible == from.instance) return state->record;
  }
  return nullptr;
}

void KeyStore::put(const Viewpoint& from, std::string_view id, KeyRecordPtr record) {
  if (from.keep_history) {
    has_history_ = true;
    keys_[std::string(id)].push_back({std::move(record), from.instance, std::chrono::steady_clock::now()});
    return;
  }
  if (has_history_) forget_history();
  if (record != nullptr) {
    keys_[std::string(id)] = {State{std::move(record), std::nullopt, {}}};
  } else if (const auto it = keys_.find(id); it != keys_.end()) {
    keys_.erase(it);
  }
}

void KeyStore::forget_history() {
  std::erase_if(keys_, [](const auto& entry) { return entry.second.back().record == nullptr; });
  for (auto& [id, history] : keys_) history = {State{history.back().record, std::nullopt, {}}};
  has_history_ = false;
}

KeyRecordPtr KeyStore::find(const Viewpoint& from, std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto it = keys_.find(id);
  return it == keys_.end() ? nullptr : seen(from, it->second);
}

std::vector<std::string> KeyStore::ids(const Viewpoint& from, std::string_view prefix,
                                       const std::function<bool(const KeyRecord&)>& filter) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> result;
  for (auto it = keys_.lower_bound(prefix); it != keys_.end() && it->first.starts_with(prefix); ++it) {
    const auto record = seen(from, it->second);
    if (record && (!filter || filter(*record))) result.push_back(it->first);
  }
  return result;
}

// Nodes of a cluster agree on writes, late as their reads may be; separate devices do not.
bool KeyStore::is_free(const Viewpoint& from, std::string_view id) const {
  const auto it = keys_.find(id);
  if (it == keys_.end()) return true;
  const bool separate = from.lag == std::chrono::milliseconds::max();
  return (separate ? seen(from, it->second) : it->second.back().record) == nullptr;
}

bool KeyStore::insert(const Viewpoint& from, std::string_view id, KeyRecord key) {
  auto record = std::make_shared<const KeyRecord>(std::move(key));
  const std::unique_lock lock(mutex_);
  if (!is_free(from, id)) return false;
  put(from, id, std::move(record));
  return true;
}

bool KeyStore::erase(const Viewpoint& from, std::string_view id) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  if (it == keys_.end() || seen(from, it->second) == nullptr) return false;
  put(from, id, nullptr);
  return true;
}

MoveResult KeyStore::move(const Viewpoint& from, std::string_view id, std::string_view new_id) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  const auto record = it == keys_.end() ? nullptr : seen(from, it->second);
  if (record == nullptr) return MoveResult::kNoSuchKey;
  if (!is_free(from, new_id)) return MoveResult::kNewIdExists;
  put(from, id, nullptr);
  put(from, new_id, record);
  return MoveResult::kMoved;
}

bool KeyStore::update(const Viewpoint& from, std::string_view id,
                      const std::function<bool(KeyRecord&)>& change) {
  const std::unique_lock lock(mutex_);
  const auto it = keys_.find(id);
  const auto record = it == keys_.end() ? nullptr : seen(from, it->second);
  if (record == nullptr) return false;
  auto copy = std::make_shared<KeyRecord>(*record);
  if (change(*copy)) put(from, id, std::move(copy));
  return true;
}

KeyStore::Keys KeyStore::snapshot() const {
  const std::shared_lock lock(mutex_);
  Keys keys;
  for (const auto& [id, history] : keys_) {
    if (history.back().record != nullptr) keys.emplace(id, history.back().record);
  }
  return keys;
}

void KeyStore::replace(Keys keys) {
  const std::unique_lock lock(mutex_);
  keys_.clear();
  for (auto& [id, record] : keys) keys_[id].push_back({std::move(record), std::nullopt, {}});
}

}  // namespace nethsm::simulator
