// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include <utility>

#include "session/session.h"

namespace nethsm::session {

void SessionTable::add(std::shared_ptr<Session> session) {
  Counts& counts = counts_[session->slot()];
  const bool read_write = session->is_read_write();
  const CK_SESSION_HANDLE handle = session->handle();
  if (!sessions_.emplace(handle, std::move(session)).second) return;
  ++counts.all;
  if (read_write) ++counts.read_write;
}

std::shared_ptr<Session> SessionTable::find(CK_SESSION_HANDLE handle) const {
  const auto found = sessions_.find(handle);
  return found == sessions_.end() ? nullptr : found->second;
}

SessionTable::Counts SessionTable::counts(CK_SLOT_ID slot) const {
  const auto found = counts_.find(slot);
  return found == counts_.end() ? Counts{} : found->second;
}

std::shared_ptr<Session> SessionTable::remove(CK_SESSION_HANDLE handle) {
  const auto found = sessions_.find(handle);
  if (found == sessions_.end()) return nullptr;
  std::shared_ptr<Session> session = std::move(found->second);
  sessions_.erase(found);
  Counts& counts = counts_[session->slot()];
  --counts.all;
  if (session->is_read_write()) --counts.read_write;
  return session;
}

void SessionTable::remove_all(CK_SLOT_ID slot) {
  std::erase_if(sessions_, [slot](const auto& entry) { return entry.second->slot() == slot; });
  counts_.erase(slot);
}

}  // namespace nethsm::session
