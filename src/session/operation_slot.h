// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "session/output.h"
#include "token/error.h"

namespace nethsm::session {

// How a C_ call uses an operation: C_Sign, C_SignUpdate, C_SignFinal and their like.
enum class Use : std::uint8_t { kOneShot, kUpdate, kFinal };

// What a successful call did to its operation.
enum class Progress : std::uint8_t { kFinished, kContinues, kSizeQuery };

// The place of a session for one kind of operation, empty or active. Holds the rule of PKCS#11 v3.2 §5.2 for
// all of them: every call ends the operation unless it was an Update, only asked for a length, or found the
// buffer too small; in particular any other failure ends it. Not thread-safe: the session's operation lock is
// around it.
template <class Operation>
class OperationSlot {
 public:
  // Null if there is none.
  const Operation* peek() const { return operation_ ? &*operation_ : nullptr; }
  bool active() const { return operation_.has_value(); }

  void start(Operation operation) {
    operation_.emplace(std::move(operation));
    mode_ = Mode::kUndecided;
  }

  void end() { operation_.reset(); }

  // step: Operation& -> Result<Progress>
  template <class Step>
  token::Status run(Use use, Step&& step) {
    if (!operation_) return token::fail(CKR_OPERATION_NOT_INITIALIZED);
    EndUnlessKept guard{*this};
    if (!admits(use)) {
      return token::fail(CKR_OPERATION_ACTIVE, "one-shot and multi-part calls were mixed in one operation");
    }
    const token::Result<Progress> progress = std::forward<Step>(step)(*operation_);
    guard.keep = progress ? *progress != Progress::kFinished : progress.error().rv == CKR_BUFFER_TOO_SMALL;
    if (!progress) return Unexpected(progress.error());
    return Ok{};
  }

  // Of a call with an output: a missing place for its length is noticed before what is wrong with the data.
  template <class Step>
  token::Status run(Use use, const Output& out, Step&& step) {
    return run(use, [&](Operation& operation) -> token::Result<Progress> {
      TRY(out.check());
      return std::forward<Step>(step)(operation);
    });
  }

 private:
  enum class Mode : std::uint8_t { kUndecided, kOneShot, kMultiPart };

  // An exception ends the operation like any other failure.
  struct EndUnlessKept {
    OperationSlot& slot;
    bool keep = false;
    ~EndUnlessKept() {
      if (!keep) slot.end();
    }
  };

  // The first call decides between one-shot and multi-part; the other way is closed from then on.
  bool admits(Use use) {
    const Mode wanted = use == Use::kOneShot ? Mode::kOneShot : Mode::kMultiPart;
    if (mode_ == Mode::kUndecided) mode_ = wanted;
    return mode_ == wanted;
  }

  std::optional<Operation> operation_;
  Mode mode_ = Mode::kUndecided;
};

}  // namespace nethsm::session
