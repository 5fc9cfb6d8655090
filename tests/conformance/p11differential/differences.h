// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "generator.h"
#include "step.h"

namespace nethsm::differential {

// What is known of the moment of a call that came out differently.
struct Situation {
  const Step& step;
  const Outcome& ours;
  const Outcome& theirs;
  const SessionModel* session;  // null: the step has none, or a bad one
  CK_STATE state;               // of the anchor session, before the call
};

// One row: when it is so, the outcomes may differ, for this reason.
struct KnownDifference {
  const char* reason;
  bool (*explains)(const Situation&);
};

// The reason, or null: the difference is news.
const KnownDifference* explanation(const Situation& situation);
std::span<const KnownDifference> known_differences();

}  // namespace nethsm::differential
