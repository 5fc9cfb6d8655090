// SPDX-License-Identifier: Apache-2.0
#include "session/library.h"

#include <utility>

namespace nethsm::session {

Library::Library(std::vector<std::shared_ptr<token::Token>> tokens, HandleSources& handles)
    : tokens_(std::move(tokens)), sessions_(handles.next_session), presence_changes_told_(tokens_.size()) {}

token::Result<std::shared_ptr<token::Token>> Library::token(CK_SLOT_ID slot) const {
  if (slot >= tokens_.size()) return token::fail(CKR_SLOT_ID_INVALID);
  return tokens_[slot];
}

token::Result<std::shared_ptr<token::Token>> Library::present_token(CK_SLOT_ID slot) const {
  auto found = TRY(token(slot));
  if (!found->present()) {
    return token::fail(CKR_TOKEN_NOT_PRESENT, "no instance of \"" + found->label() + "\" is operational");
  }
  return found;
}

token::Result<CK_TOKEN_INFO> Library::token_info(CK_SLOT_ID slot) const {
  const auto token = TRY(this->token(slot));
  CK_TOKEN_INFO info = TRY(token->token_info());
  const SessionTable::Counts counts = sessions_.lock()->counts(slot);
  info.ulSessionCount = counts.all;
  info.ulRwSessionCount = counts.read_write;
  info.ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
  info.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
  return info;
}

token::Result<std::shared_ptr<Session>> Library::session(CK_SESSION_HANDLE handle) const {
  auto found = sessions_.lock()->find(handle);
  if (found == nullptr) return token::fail(CKR_SESSION_HANDLE_INVALID);
  return found;
}

token::Result<CK_SESSION_HANDLE> Library::open_session(CK_SLOT_ID slot, CK_FLAGS flags) {
  TRY(token(slot));
  if ((flags & CKF_SERIAL_SESSION) == 0) return token::fail(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
  if ((flags & CKF_ASYNC_SESSION) != 0) {
    return token::fail(CKR_SESSION_ASYNC_NOT_SUPPORTED, "every call returns with its outcome");
  }
  auto token = TRY(present_token(slot));
  const bool read_only = (flags & CKF_RW_SESSION) == 0;

  auto sessions = sessions_.lock();
  if (read_only && token->login_state() == token::LoginState::kSecurityOfficer) {
    return token::fail(CKR_SESSION_READ_WRITE_SO_EXISTS,
                       "the security officer works in read/write sessions only");
  }
  const CK_SESSION_HANDLE handle = sessions->new_handle();
  const CK_FLAGS kept = flags & (CKF_SERIAL_SESSION | CKF_RW_SESSION);
  sessions->add(std::make_shared<Session>(handle, slot, kept, std::move(token)));
  return handle;
}

token::Status Library::close_session(CK_SESSION_HANDLE handle) {
  std::shared_ptr<Session> closed;  // destroyed after the lock is gone
  token::Token::EndedKeys ended;
  {
    auto sessions = sessions_.lock();
    closed = sessions->remove(handle);
    if (closed == nullptr) return token::fail(CKR_SESSION_HANDLE_INVALID);
    const bool was_last = sessions->counts(closed->slot()).all == 0;
    ended =
        was_last ? closed->token().end_all_session_objects() : closed->token().end_session_objects(handle);
    if (was_last) closed->token().forget_login();
  }
  closed->token().delete_ended(ended);
  return Ok{};
}

token::Status Library::close_all_sessions(CK_SLOT_ID slot) {
  const auto token = TRY(this->token(slot));
  token::Token::EndedKeys ended;
  {
    auto sessions = sessions_.lock();
    if (sessions->counts(slot).all == 0) return Ok{};
    sessions->remove_all(slot);
    ended = token->end_all_session_objects();
    token->forget_login();
  }
  token->delete_ended(ended);
  return Ok{};
}

token::Status Library::login(const Session& session, CK_USER_TYPE user, const Secret& pin,
                             const std::string& name) {
  const auto read_only_exists = [&] {
    return user == CKU_SO && sessions_.lock()->counts(session.slot()).read_only() != 0;
  };
  const auto refusal = [] {
    return token::fail(CKR_SESSION_READ_ONLY_EXISTS,
                       "the security officer cannot log in beside read-only sessions");
  };
  if (read_only_exists()) return refusal();
  TRY(session.token().login(user, pin, name));
  // Another thread may have opened one while the device was asked.
  if (read_only_exists()) {
    session.token().forget_login();
    return refusal();
  }
  return Ok{};
}

void Library::end_session_objects() {
  for (const auto& token : tokens_) token->delete_ended(token->end_all_session_objects());
}

void Library::stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopped_ = true;
  }
  stop_condition_.notify_all();
  for (const auto& token : tokens_) token->client().stop();
}

std::optional<CK_SLOT_ID> Library::next_slot_event() {
  for (CK_SLOT_ID slot = 0; slot < tokens_.size(); ++slot) {
    const auto changes = tokens_[slot]->presence_changes();
    auto told = presence_changes_told_.lock();
    if (std::exchange((*told)[slot], changes) != changes) return slot;
  }
  return std::nullopt;
}

std::optional<CK_SLOT_ID> Library::wait_for_slot_event() {
  constexpr auto kPause = seconds(1);
  while (!stopped()) {
    if (const auto slot = next_slot_event(); slot && !stopped()) return slot;
    std::unique_lock lock(stop_mutex_);
    stop_condition_.wait_for(lock, kPause, [this] { return stopped(); });
  }
  return std::nullopt;
}

void Library::abandon_after_fork() noexcept {
  for (const auto& token : tokens_) token->client().abandon_after_fork();
}

}  // namespace nethsm::session
