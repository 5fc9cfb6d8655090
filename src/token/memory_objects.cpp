// SPDX-License-Identifier: Apache-2.0
#include "token/memory_objects.h"

namespace nethsm::token {

CK_OBJECT_HANDLE MemoryObjects::add(Object object) {
  object.handle = next_handle_.fetch_add(1, std::memory_order_relaxed);
  auto made = std::make_shared<const Object>(std::move(object));
  objects_.lock()->emplace(made->handle, made);
  return made->handle;
}

ObjectPtr MemoryObjects::find(CK_OBJECT_HANDLE handle) const {
  auto objects = objects_.lock();
  const auto found = objects->find(handle);
  return found != objects->end() ? found->second : nullptr;
}

std::vector<ObjectPtr> MemoryObjects::all() const {
  std::vector<ObjectPtr> list;
  auto objects = objects_.lock();
  list.reserve(objects->size());
  for (const auto& [handle, object] : *objects) list.push_back(object);
  return list;
}

void MemoryObjects::change(CK_OBJECT_HANDLE handle, Object object) {
  object.handle = handle;
  auto objects = objects_.lock();
  const auto found = objects->find(handle);
  if (found != objects->end()) found->second = std::make_shared<const Object>(std::move(object));
}

bool MemoryObjects::remove(CK_OBJECT_HANDLE handle) { return objects_.lock()->erase(handle) != 0; }

void MemoryObjects::rename(const std::string& id, const std::string& new_id) {
  auto objects = objects_.lock();
  for (auto& [handle, object] : *objects) {
    if (!object->record || object->record->key.id != id) continue;
    KeyRecord record = *object->record;
    record.key.id = new_id;
    Object renamed = *object;
    renamed.record = std::make_shared<const KeyRecord>(std::move(record));
    object = std::make_shared<const Object>(std::move(renamed));
  }
}

std::vector<ObjectPtr> MemoryObjects::take(const Predicate& ends) {
  std::vector<ObjectPtr> taken;
  auto objects = objects_.lock();
  for (auto object = objects->begin(); object != objects->end();) {
    const auto current = object++;
    if (!ends(*current->second)) continue;
    taken.push_back(std::move(current->second));
    objects->erase(current);
  }
  return taken;
}

}  // namespace nethsm::token
