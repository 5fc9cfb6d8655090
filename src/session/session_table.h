// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>

#include "token/error.h"

namespace nethsm::session {

class Session;

// The open sessions by handle. Handles count up for the life of the process, over C_Finalize and fork as
// well, so that a stale handle never means another session. Not thread-safe: Library keeps it behind its
// lock.
class SessionTable {
 public:
  explicit SessionTable(std::atomic<CK_SESSION_HANDLE>& next_handle) : next_handle_(next_handle) {}

  struct Counts {
    std::size_t all = 0;
    std::size_t read_write = 0;
    std::size_t read_only() const { return all - read_write; }
  };

  CK_SESSION_HANDLE new_handle() { return next_handle_.fetch_add(1, std::memory_order_relaxed); }
  void add(std::shared_ptr<Session> session);

  std::shared_ptr<Session> find(CK_SESSION_HANDLE handle) const;  // null: there is none
  Counts counts(CK_SLOT_ID slot) const;

  std::shared_ptr<Session> remove(CK_SESSION_HANDLE handle);  // null: there was none
  void remove_all(CK_SLOT_ID slot);

 private:
  std::atomic<CK_SESSION_HANDLE>& next_handle_;
  std::map<CK_SESSION_HANDLE, std::shared_ptr<Session>> sessions_;
  std::map<CK_SLOT_ID, Counts> counts_;
};

}  // namespace nethsm::session
