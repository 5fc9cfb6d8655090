// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "session/session.h"
#include "session/session_table.h"
#include "token/token.h"

namespace nethsm::session {

// Where handles come from. Outlives every Library, so that handles are never used again in a process.
struct HandleSources {
  std::atomic<CK_SESSION_HANDLE> next_session{1};
  std::atomic<CK_OBJECT_HANDLE> next_object{1};
};

// One run of the module from C_Initialize to C_Finalize: the tokens by slot id, and the open sessions. Holds
// the rules between sessions and login (PKCS#11 v3.2 §5.6).
//
// Thread-safe. Calls hold it by shared_ptr, so that C_Finalize need not wait for them: stop() makes what they
// wait for fail, and the last one takes the library with it. No lock is held during requests.
class Library {
 public:
  // Slot ids are the positions in `tokens`.
  Library(std::vector<std::shared_ptr<token::Token>> tokens, HandleSources& handles);

  std::size_t slot_count() const { return tokens_.size(); }
  token::Result<std::shared_ptr<token::Token>> token(CK_SLOT_ID slot) const;
  // As token(), for calls that need the token to be there: CKR_TOKEN_NOT_PRESENT.
  token::Result<std::shared_ptr<token::Token>> present_token(CK_SLOT_ID slot) const;
  token::Result<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot) const;

  token::Result<std::shared_ptr<Session>> session(CK_SESSION_HANDLE handle) const;
  token::Result<CK_SESSION_HANDLE> open_session(CK_SLOT_ID slot, CK_FLAGS flags);
  bool has_sessions(CK_SLOT_ID slot) const { return sessions_.lock()->counts(slot).all != 0; }
  token::Status close_session(CK_SESSION_HANDLE handle);
  token::Status close_all_sessions(CK_SLOT_ID slot);

  // `name`: of a NetHSM user, given by the application; empty: the one of the configuration.
  token::Status login(const Session& session, CK_USER_TYPE user, const Secret& pin,
                      const std::string& name = {});

  // C_Finalize, before stop(): temporary keys leave the devices.
  void end_session_objects();
  // C_Finalize and exit: every request that is under way or to come fails at once.
  void stop();
  // A slot whose token has come or gone since the last call; nothing if there is none. Asks the devices, but
  // not more often than every few seconds.
  std::optional<CK_SLOT_ID> next_slot_event();
  // Waits for one, in the calling thread; nothing once the library is being stopped.
  std::optional<CK_SLOT_ID> wait_for_slot_event();
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  // In a forked child: closes inherited sockets. The object is unusable afterwards and must be leaked.
  void abandon_after_fork() noexcept;

 private:
  const std::vector<std::shared_ptr<token::Token>> tokens_;
  Guarded<SessionTable> sessions_;
  Guarded<std::vector<std::uint64_t>> presence_changes_told_;  // by slot
  std::mutex stop_mutex_;
  std::condition_variable stop_condition_;
  std::atomic<bool> stopped_{false};
};

}  // namespace nethsm::session
