// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "differences.h"
#include "generator.h"
#include "world.h"

namespace nethsm::differential {

// Makes each call on both sides, compares, and keeps the model of the sessions. Where the sides differ for a
// known reason, the session is opened anew on both, so that they agree again.
class Runner {
 public:
  explicit Runner(World& world);

  const Model& model() const { return model_; }
  // Both sides as at the beginning: no session but the anchors, nobody logged in.
  void reset();
  // Text of the first difference that no row explains.
  std::optional<std::string> apply(const Step& step);
  // A signature just made on both sides, alike or not.
  std::optional<KnownSignature> take_signature();

  std::map<const KnownDifference*, unsigned> explained;
  unsigned calls = 0;

 private:
  bool differ(const Step& step, const Outcome& ours, const Outcome& theirs) const;
  bool gives_random(const Step& step) const;
  void note(const Step& step, const Outcome& outcome);
  void note_operation(const Step& step, CK_RV rv);
  void reopen(int session);
  bool leaves_sides_apart(const Step& step, const Outcome& outcome) const;
  std::optional<std::string> after_login();
  std::optional<std::string> verify_crosswise(const Step& step, const Outcome& ours, const Outcome& theirs);

  World& world_;
  Model model_;
  std::optional<KnownSignature> signature_;
};

}  // namespace nethsm::differential
