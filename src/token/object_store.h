// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "token/object.h"

namespace nethsm::token {

// What is known of the keys of one token, and the handles of their objects. Nothing here talks to the device:
// callers ask what is missing, fetch it without a lock, and put it in.
//
// Invariants: a handle stands for the same side of the same key material for ever; a refresh or a rename
// replaces the Object behind it, never the handle. A key that vanishes, or whose material is another one,
// takes its handles along. Thread-safe.
class ObjectStore {
 public:
  // `hidden`: types of keys that have no objects. `withheld`: mechanisms that no key has, whatever the device
  // says.
  ObjectStore(std::atomic<CK_OBJECT_HANDLE>& next_handle, std::vector<api::KeyType> hidden,
              api::Mechanisms withheld = {});

  // While one lives, answers about these ids are not taken: a change is under way on the device, and nobody
  // can say on which side of it an answer to another thread stands.
  class Change {
   public:
    Change(ObjectStore& store, std::vector<std::string> ids);
    ~Change();
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    ObjectStore& store_;
    const std::vector<std::string> ids_;
  };

  ObjectPtr find(CK_OBJECT_HANDLE handle) const;  // null: no such object (any more)
  // In the order private, public, certificate, or the secret key alone; the keys in the order of `ids`.
  std::vector<ObjectPtr> objects_of(std::span<const std::string> ids) const;
  std::shared_ptr<const KeyRecord> record_of(
      const std::string& id) const;                               // null: unknown, unreadable or hidden
  std::vector<std::shared_ptr<const KeyRecord>> records() const;  // all that are not hidden, sorted by id
  std::vector<ObjectPtr> certificates() const;                    // that have been read, sorted by id

  // Those of `ids` whose details, or certificates, have not been read within `lifetime`. A missing
  // certificate is believed for a shorter while. Keys that cannot have a certificate, or whose details are
  // unknown, need none.
  std::vector<std::string> without_details(std::span<const std::string> ids, Clock::duration lifetime) const;
  std::vector<std::string> without_certificate(std::span<const std::string> ids,
                                               Clock::duration lifetime) const;

  // Fresh details from the device; what is known beyond them (KeyRecord) is kept. Ignored for an id that this
  // process has just deleted or renamed, as other instances may still show it, or is changing.
  void put_details(api::Key key);
  void put_certificate(const std::string& id, std::shared_ptr<const crypto::Certificate> certificate);
  // The key is there but cannot be understood; true if that is news.
  bool put_unreadable(const std::string& id);

  // A key that this process has just made, whatever was known under its id.
  void add(KeyRecord record);

  // After a complete listing: forgets the keys that are not in it, except those made a moment ago.
  void keep_only(std::span<const std::string> ids);
  void forget(const std::string& id);  // it has gone without our doing
  void forget_all();                   // what has been read belongs to other users
  void renew_private_handles();        // private and secret keys get others than they had
  void expire(const std::string& id);  // the details are to be read again

  // What this process has done to a key. Its public and certificate objects can be destroyed once more
  // afterwards: applications destroy both halves of a pair and take an error at the second for a failure.
  void remove(const std::string& id);
  void rename(const std::string& id, const std::string& new_id);
  void relabel(const std::string& id, const std::string& label);
  void remove_certificate(const std::string& id);
  // A public key has no existence of its own on the device: destroyed, it is out of sight for this process.
  void hide_public_key(const std::string& id);
  void show_public_key(const std::string& id);

  // True once for each object that went with its key and had been visible.
  bool take_tombstone(CK_OBJECT_HANDLE handle);

 private:
  static constexpr std::size_t kSides = 4;  // private, public, certificate, secret
  struct Entry {
    std::shared_ptr<const KeyRecord> record;  // null: unreadable
    std::optional<Clock::time_point> details_read;
    std::optional<Clock::time_point> made_here;
    std::shared_ptr<const crypto::Certificate> certificate;
    std::optional<Clock::time_point> certificate_read;
    bool public_key_hidden = false;
    std::array<ObjectPtr, kSides> objects;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  struct State {
    Entries entries;
    std::unordered_map<CK_OBJECT_HANDLE, ObjectPtr> by_handle;
    std::unordered_set<CK_OBJECT_HANDLE> tombstones;
    std::map<std::string, Clock::time_point, std::less<>> removed_here;
    std::multiset<std::string, std::less<>> being_changed;
  };

  bool is_hidden(const Entry& entry) const;
  void refresh_objects(State& state, Entry& entry);
  void set_object(State& state, Entry& entry, std::size_t side, bool exists);
  static void drop_object(State& state, ObjectPtr& object, bool leave_tombstone);
  static void drop(State& state, Entries::iterator entry, bool leave_tombstones);
  static void note_removal(State& state, const std::string& id);

  std::atomic<CK_OBJECT_HANDLE>& next_handle_;
  const std::vector<api::KeyType> hidden_;
  const api::Mechanisms withheld_;
  Guarded<State> state_;
};

}  // namespace nethsm::token
