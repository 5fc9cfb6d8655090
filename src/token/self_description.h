// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <vector>

#include "token/object.h"
#include "token/token.h"

namespace nethsm::token {

// What a token says of itself in objects: the OASIS profiles that it keeps to (CKO_PROFILE) and the
// mechanisms that it has (CKO_MECHANISM). Public token objects that nobody can change, copy or destroy; they
// follow from the configuration, so that nothing is asked of the device. There are no CKO_HW_FEATURE objects:
// a NetHSM offers its users neither a clock nor a counter nor a display. Immutable.
class SelfDescription {
 public:
  SelfDescription(const Settings& settings, std::atomic<CK_OBJECT_HANDLE>& next_handle);

  ObjectPtr find(CK_OBJECT_HANDLE handle) const;  // null: none of these
  // Mechanisms are found by those only who ask for their class (PKCS#11 v3.2 §4): older applications would
  // not know what they are.
  std::vector<CK_OBJECT_HANDLE> find(const Template& wanted) const;

 private:
  std::vector<ObjectPtr> profiles_, mechanisms_;  // by ascending handles
};

}  // namespace nethsm::token
