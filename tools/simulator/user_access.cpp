// SPDX-License-Identifier: Apache-2.0
#include "simulator/user_access.h"

#include "simulator/credentials.h"

namespace nethsm::simulator {

void check_user_id(std::string_view id) {
  if (const auto complaint = user_id_complaint(id); !complaint.empty())
    throw Failure(400, std::string(complaint));
}

bool forbidden_to_see(const Context& context) {
  const std::string& id = context.arguments[0];
  if (context.user->role == Role::kOperator) return context.user->id != id;
  const std::string mine = context.user_namespace();
  return !mine.empty() && mine != namespace_of(id);
}

bool forbidden_to_change(const Context& context) {
  const std::string mine = context.user_namespace(), theirs = namespace_of(context.arguments[0]);
  return mine != theirs && (!mine.empty() || context.store.namespace_exists(theirs));
}

bool named_user_exists(Context& context) {
  check_user_id(context.arguments[0]);
  return context.store.find_user(context.arguments[0]).has_value();
}

}  // namespace nethsm::simulator
