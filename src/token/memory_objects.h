// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "token/object.h"

namespace nethsm::token {

// The objects of a token that are not, or not only, on the device: session objects, and certificates that
// have no place on the device. Among the session objects are temporary keys, which are on the device under a
// temporary id and end there with the object.
//
// Invariants: a handle stands for one object for ever; a change replaces the Object behind it. Nothing here
// talks to the device. Thread-safe.
class MemoryObjects {
 public:
  explicit MemoryObjects(std::atomic<CK_OBJECT_HANDLE>& next_handle) : next_handle_(next_handle) {}

  CK_OBJECT_HANDLE add(Object object);                  // gives it its handle
  ObjectPtr find(CK_OBJECT_HANDLE handle) const;        // null: no such object (any more)
  std::vector<ObjectPtr> all() const;                   // in the order in which they were made
  void change(CK_OBJECT_HANDLE handle, Object object);  // nothing happens if it has gone meanwhile
  bool remove(CK_OBJECT_HANDLE handle);                 // false: it has gone already

  // Some session objects stand for keys that have become permanent: they follow a rename.
  void rename(const std::string& id, const std::string& new_id);

  // Removes and answers those for which `ends` says so.
  using Predicate = std::function<bool(const Object&)>;
  std::vector<ObjectPtr> take(const Predicate& ends);

 private:
  std::atomic<CK_OBJECT_HANDLE>& next_handle_;
  Guarded<std::map<CK_OBJECT_HANDLE, ObjectPtr>> objects_;
};

}  // namespace nethsm::token
