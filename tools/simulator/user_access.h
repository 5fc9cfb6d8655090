// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/resource.h"

namespace nethsm::simulator {

// The rules about the user that the first argument of the path names.

void check_user_id(std::string_view id);  // throws Failure 400

// Whether the authenticated user may see it: Operators only themselves, Administrators of a namespace only
// its users.
bool forbidden_to_see(const Context& context);
// Administrators change users of their own namespace; root Administrators also those of a namespace that does
// not exist yet.
bool forbidden_to_change(const Context& context);

// Checks the id; for `exists` of routes.
bool named_user_exists(Context& context);

}  // namespace nethsm::simulator
