// SPDX-License-Identifier: Apache-2.0
#include "nethsm/recent_writes.h"

#include <algorithm>

namespace nethsm::api {
namespace {

constexpr auto kVisibleEverywhereAfter = seconds(10);
constexpr auto kFoundThere = seconds(60);

}  // namespace

void RecentWrites::remember(std::string_view id, Entry entry) {
  const auto now = Clock::now();
  auto state = state_.lock();
  std::erase_if(state->by_id, [&](const auto& other) { return other.second.until < now; });
  if (entry.place.wrote) {
    state->last = entry.place.instance;
    state->last_until = entry.until;
  } else if (const auto known = state->by_id.find(id);
             known != state->by_id.end() && known->second.place.wrote) {
    return;
  }
  state->by_id.insert_or_assign(std::string(id), entry);
  any_.store(true, std::memory_order_release);
}

void RecentWrites::wrote(std::string_view id, cluster::InstanceIndex instance, bool exists) {
  const auto now = Clock::now();
  remember(id, {{instance, true, exists}, now, now + kVisibleEverywhereAfter});
}

void RecentWrites::found(std::string_view id, cluster::InstanceIndex instance) {
  const auto now = Clock::now();
  remember(id, {{instance, false, true}, now, now + kFoundThere});
}

std::optional<RecentWrites::Place> RecentWrites::place_of(std::string_view id) const {
  if (!any_.load(std::memory_order_acquire)) return std::nullopt;
  auto state = state_.lock();
  const auto entry = state->by_id.find(id);
  if (entry == state->by_id.end() || entry->second.until < Clock::now()) return std::nullopt;
  return entry->second.place;
}

std::optional<cluster::InstanceIndex> RecentWrites::last_writer() const {
  if (!any_.load(std::memory_order_acquire)) return std::nullopt;
  auto state = state_.lock();
  if (!state->last || state->last_until < Clock::now()) return std::nullopt;
  return state->last;
}

void RecentWrites::correct(std::vector<std::string>& ids, cluster::InstanceIndex listed_by,
                           Clock::time_point asked_at, bool may_add) const {
  if (!any_.load(std::memory_order_acquire)) return;
  const auto now = Clock::now();
  auto state = state_.lock();
  for (const auto& [id, entry] : state->by_id) {
    const bool knows = entry.place.instance == listed_by && entry.since < asked_at;
    if (entry.until < now || !entry.place.wrote || knows) continue;
    const auto listed = std::ranges::find(ids, id);
    if (!entry.place.exists && listed != ids.end()) ids.erase(listed);
    if (entry.place.exists && listed == ids.end() && may_add) ids.push_back(id);
  }
}

}  // namespace nethsm::api
