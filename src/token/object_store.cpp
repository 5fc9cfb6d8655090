// SPDX-License-Identifier: Apache-2.0
#include "token/object_store.h"

#include <algorithm>

namespace nethsm::token {
namespace {

// The nodes of a cluster show each other's writes up to this much later.
constexpr auto kVisibleEverywhereAfter = seconds(10);
constexpr auto kAbsenceBelieved = seconds(10);

enum Side : std::size_t { kPrivate, kPublic, kCertificate, kSecret };
constexpr CK_OBJECT_CLASS kClassOfSide[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE, CKO_SECRET_KEY};

bool is_recent(std::optional<Clock::time_point> when, Clock::duration lifetime) {
  return when && Clock::now() - *when < lifetime;
}

bool is_same_material(const api::Key& a, const api::Key& b) {
  const auto equal_rsa = [](const api::RsaPublic& x, const api::RsaPublic& y) {
    return x.modulus == y.modulus && x.public_exponent == y.public_exponent;
  };
  if (a.type != b.type || a.mechanisms != b.mechanisms || a.public_part.index() != b.public_part.index())
    return false;
  if (const auto* rsa = std::get_if<api::RsaPublic>(&a.public_part)) {
    return equal_rsa(*rsa, *std::get_if<api::RsaPublic>(&b.public_part));
  }
  return *std::get_if<Bytes>(&a.public_part) == *std::get_if<Bytes>(&b.public_part);
}

}  // namespace

ObjectStore::ObjectStore(std::atomic<CK_OBJECT_HANDLE>& next_handle, std::vector<api::KeyType> hidden,
                         api::Mechanisms withheld)
    : next_handle_(next_handle), hidden_(std::move(hidden)), withheld_(withheld) {}

ObjectStore::Change::Change(ObjectStore& store, std::vector<std::string> ids)
    : store_(store), ids_(std::move(ids)) {
  store_.state_.lock()->being_changed.insert(ids_.begin(), ids_.end());
}

ObjectStore::Change::~Change() {
  auto state = store_.state_.lock();
  for (const auto& id : ids_) state->being_changed.erase(state->being_changed.find(id));
}

bool ObjectStore::is_hidden(const Entry& entry) const {
  return !entry.record || std::ranges::find(hidden_, entry.record->key.type) != hidden_.end();
}

ObjectPtr ObjectStore::find(CK_OBJECT_HANDLE handle) const {
  auto state = state_.lock();
  const auto found = state->by_handle.find(handle);
  return found != state->by_handle.end() ? found->second : nullptr;
}

std::vector<ObjectPtr> ObjectStore::objects_of(std::span<const std::string> ids) const {
  std::vector<ObjectPtr> objects;
  auto state = state_.lock();
  for (const auto& id : ids) {
    const auto entry = state->entries.find(id);
    if (entry == state->entries.end()) continue;
    std::ranges::copy_if(entry->second.objects, std::back_inserter(objects),
                         [](const ObjectPtr& object) { return object != nullptr; });
  }
  return objects;
}

std::shared_ptr<const KeyRecord> ObjectStore::record_of(const std::string& id) const {
  auto state = state_.lock();
  const auto entry = state->entries.find(id);
  if (entry == state->entries.end() || is_hidden(entry->second)) return nullptr;
  return entry->second.record;
}

std::vector<std::shared_ptr<const KeyRecord>> ObjectStore::records() const {
  std::vector<std::shared_ptr<const KeyRecord>> records;
  auto state = state_.lock();
  for (const auto& [id, entry] : state->entries) {
    if (!is_hidden(entry)) records.push_back(entry.record);
  }
  return records;
}

std::vector<ObjectPtr> ObjectStore::certificates() const {
  std::vector<ObjectPtr> certificates;
  auto state = state_.lock();
  for (const auto& [id, entry] : state->entries) {
    if (entry.objects[kCertificate]) certificates.push_back(entry.objects[kCertificate]);
  }
  return certificates;
}

std::vector<std::string> ObjectStore::without_details(std::span<const std::string> ids,
                                                      Clock::duration lifetime) const {
  std::vector<std::string> missing;
  auto state = state_.lock();
  for (const auto& id : ids) {
    const auto entry = state->entries.find(id);
    if (entry == state->entries.end() || !is_recent(entry->second.details_read, lifetime))
      missing.push_back(id);
  }
  return missing;
}

std::vector<std::string> ObjectStore::without_certificate(std::span<const std::string> ids,
                                                          Clock::duration lifetime) const {
  std::vector<std::string> missing;
  auto state = state_.lock();
  for (const auto& id : ids) {
    const auto found = state->entries.find(id);
    if (found == state->entries.end() || is_hidden(found->second)) continue;
    const Entry& entry = found->second;
    if (entry.record->key.type == api::KeyType::kGeneric) continue;
    const auto believed =
        entry.certificate ? lifetime : std::min<Clock::duration>(lifetime, kAbsenceBelieved);
    if (!is_recent(entry.certificate_read, believed)) missing.push_back(id);
  }
  return missing;
}

void ObjectStore::put_details(api::Key key) {
  key.mechanisms = key.mechanisms.without(withheld_);
  auto state = state_.lock();
  const auto removed = state->removed_here.find(key.id);
  if (removed != state->removed_here.end() && is_recent(removed->second, kVisibleEverywhereAfter)) return;
  if (state->being_changed.contains(key.id)) return;
  auto found = state->entries.find(key.id);
  KeyRecord record;
  if (found != state->entries.end() && found->second.record) {
    if (is_same_material(found->second.record->key, key)) {
      record = *found->second.record;
    } else {
      drop(*state, found, false);
    }
  }
  if (record.label_is_local && key.label.empty()) key.label = record.key.label;
  const bool changed =
      record.key.id != key.id || record.key.label != key.label || record.key.tags != key.tags;
  Entry& entry = state->entries[key.id];
  entry.details_read = Clock::now();
  if (!changed && entry.record) return;
  record.key = std::move(key);
  entry.record = std::make_shared<const KeyRecord>(std::move(record));
  refresh_objects(*state, entry);
}

void ObjectStore::put_certificate(const std::string& id,
                                  std::shared_ptr<const crypto::Certificate> certificate) {
  auto state = state_.lock();
  const auto found = state->entries.find(id);
  if (found == state->entries.end()) return;
  Entry& entry = found->second;
  const bool same = entry.certificate && certificate && entry.certificate->der() == certificate->der();
  entry.certificate_read = Clock::now();
  if (same || (!entry.certificate && !certificate)) return;
  // Another certificate is another object.
  drop_object(*state, entry.objects[kCertificate], false);
  entry.certificate = std::move(certificate);
  refresh_objects(*state, entry);
}

bool ObjectStore::put_unreadable(const std::string& id) {
  auto state = state_.lock();
  if (state->being_changed.contains(id)) return false;
  const auto found = state->entries.find(id);
  const bool news = found == state->entries.end() || found->second.record;
  if (found != state->entries.end() && found->second.record) drop(*state, found, false);
  state->entries[id].details_read = Clock::now();
  return news;
}

void ObjectStore::add(KeyRecord record) {
  record.key.mechanisms = record.key.mechanisms.without(withheld_);
  auto state = state_.lock();
  const std::string id = record.key.id;
  state->removed_here.erase(id);
  if (const auto found = state->entries.find(id); found != state->entries.end()) drop(*state, found, false);
  Entry& entry = state->entries[id];
  entry.record = std::make_shared<const KeyRecord>(std::move(record));
  entry.details_read = Clock::now();
  entry.made_here = entry.details_read;
  refresh_objects(*state, entry);
}

void ObjectStore::keep_only(std::span<const std::string> ids) {
  const std::set<std::string_view> kept(ids.begin(), ids.end());
  auto state = state_.lock();
  for (auto entry = state->entries.begin(); entry != state->entries.end();) {
    const auto current = entry++;
    const bool made_now = is_recent(current->second.made_here, kVisibleEverywhereAfter);
    if (kept.contains(current->first) || made_now || state->being_changed.contains(current->first)) continue;
    drop(*state, current, false);
  }
}

void ObjectStore::forget(const std::string& id) {
  auto state = state_.lock();
  if (state->being_changed.contains(id)) return;
  if (const auto found = state->entries.find(id); found != state->entries.end()) drop(*state, found, false);
}

void ObjectStore::forget_all() {
  auto state = state_.lock();
  while (!state->entries.empty()) drop(*state, state->entries.begin(), false);
  state->removed_here.clear();
}

void ObjectStore::renew_private_handles() {
  auto state = state_.lock();
  for (auto& [id, entry] : state->entries) {
    drop_object(*state, entry.objects[kPrivate], false);
    drop_object(*state, entry.objects[kSecret], false);
    if (entry.record) refresh_objects(*state, entry);
  }
}

void ObjectStore::expire(const std::string& id) {
  auto state = state_.lock();
  if (const auto found = state->entries.find(id); found != state->entries.end())
    found->second.details_read.reset();
}

void ObjectStore::remove(const std::string& id) {
  auto state = state_.lock();
  note_removal(*state, id);
  if (const auto found = state->entries.find(id); found != state->entries.end()) drop(*state, found, true);
}

void ObjectStore::rename(const std::string& id, const std::string& new_id) {
  auto state = state_.lock();
  note_removal(*state, id);
  state->removed_here.erase(new_id);
  const auto found = state->entries.find(id);
  if (found == state->entries.end()) return;
  if (const auto other = state->entries.find(new_id); other != state->entries.end())
    drop(*state, other, false);
  auto node = state->entries.extract(found);
  node.key() = new_id;
  Entry& entry = state->entries.insert(std::move(node)).position->second;
  if (!entry.record) return;
  KeyRecord record = *entry.record;
  record.key.id = new_id;
  entry.record = std::make_shared<const KeyRecord>(std::move(record));
  entry.made_here = Clock::now();
  refresh_objects(*state, entry);
}

void ObjectStore::relabel(const std::string& id, const std::string& label) {
  auto state = state_.lock();
  const auto found = state->entries.find(id);
  if (found == state->entries.end() || !found->second.record) return;
  KeyRecord record = *found->second.record;
  record.key.label = label;
  record.label_is_local = false;
  found->second.record = std::make_shared<const KeyRecord>(std::move(record));
  refresh_objects(*state, found->second);
}

void ObjectStore::remove_certificate(const std::string& id) {
  auto state = state_.lock();
  const auto found = state->entries.find(id);
  if (found == state->entries.end()) return;
  drop_object(*state, found->second.objects[kCertificate], false);
  found->second.certificate = nullptr;
  found->second.certificate_read = Clock::now();
}

void ObjectStore::hide_public_key(const std::string& id) {
  auto state = state_.lock();
  const auto found = state->entries.find(id);
  if (found == state->entries.end()) return;
  found->second.public_key_hidden = true;
  drop_object(*state, found->second.objects[kPublic], false);
}

void ObjectStore::show_public_key(const std::string& id) {
  auto state = state_.lock();
  const auto found = state->entries.find(id);
  if (found == state->entries.end()) return;
  found->second.public_key_hidden = false;
  refresh_objects(*state, found->second);
}

bool ObjectStore::take_tombstone(CK_OBJECT_HANDLE handle) {
  return state_.lock()->tombstones.erase(handle) != 0;
}

void ObjectStore::refresh_objects(State& state, Entry& entry) {
  const bool visible = !is_hidden(entry);
  const bool secret = visible && entry.record->key.type == api::KeyType::kGeneric;
  set_object(state, entry, kPrivate, visible && !secret);
  set_object(state, entry, kPublic, visible && !secret && !entry.public_key_hidden);
  set_object(state, entry, kCertificate, visible && entry.certificate);
  set_object(state, entry, kSecret, secret);
}

void ObjectStore::set_object(State& state, Entry& entry, std::size_t side, bool exists) {
  ObjectPtr& object = entry.objects[side];
  if (!exists) return drop_object(state, object, false);
  auto fresh = std::make_shared<Object>();
  fresh->handle = object ? object->handle : next_handle_.fetch_add(1, std::memory_order_relaxed);
  fresh->object_class = kClassOfSide[side];
  fresh->record = entry.record;
  if (side == kCertificate) fresh->certificate = entry.certificate;
  object = std::move(fresh);
  state.by_handle[object->handle] = object;
}

void ObjectStore::drop_object(State& state, ObjectPtr& object, bool leave_tombstone) {
  if (!object) return;
  state.by_handle.erase(object->handle);
  if (leave_tombstone) state.tombstones.insert(object->handle);
  object = nullptr;
}

void ObjectStore::drop(State& state, Entries::iterator entry, bool leave_tombstones) {
  auto& objects = entry->second.objects;
  for (std::size_t side = 0; side < kSides; ++side) {
    drop_object(state, objects[side], leave_tombstones && (side == kPublic || side == kCertificate));
  }
  state.entries.erase(entry);
}

void ObjectStore::note_removal(State& state, const std::string& id) {
  const auto now = Clock::now();
  std::erase_if(state.removed_here,
                [&](const auto& removal) { return now - removal.second >= kVisibleEverywhereAfter; });
  state.removed_here[id] = now;
}

}  // namespace nethsm::token
