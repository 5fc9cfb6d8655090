// SPDX-License-Identifier: Apache-2.0
// /users/{id}/tags, which let operators use restricted keys.
#include "simulator/identifier.h"
#include "simulator/json_record.h"
#include "simulator/routes.h"
#include "simulator/user_access.h"

namespace nethsm::simulator {
namespace {

bool operator_exists(Context& context) {
  if (!named_user_exists(context)) return false;
  const auto user = context.store.find_user(context.arguments[0]);
  return user && user->role == Role::kOperator;
}

bool tag_exists(Context& context) {
  const bool user_exists = named_user_exists(context);
  check_id(context.arguments[1]);
  const auto user = context.store.find_user(context.arguments[0]);
  return user_exists && user && user->tags.contains(context.arguments[1]);
}

Response list_tags(Context& context) {
  const auto user = context.store.find_user(context.arguments[0]);
  if (!user) throw Failure(404);
  std::string json = "[";
  for (const auto& tag : user->tags) {
    if (json.size() > 1) json += ",";
    append_json_string(json, tag);
  }
  return json_response(json + "]");
}

Response put_tag(Context& context) {
  switch (context.store.add_tag(context.arguments[0], context.arguments[1])) {
    case TagChange::kDone:
      return no_content();
    case TagChange::kUnchanged:
      return not_modified(context);
    case TagChange::kNotAnOperator:
      throw Failure(400, "tag operations only exist on operator users");
    case TagChange::kNoSuchUser:
      break;
  }
  throw Failure(404, "");
}

Response delete_tag(Context& context) {
  if (context.store.remove_tag(context.arguments[0], context.arguments[1]) != TagChange::kDone)
    throw Failure(404);
  return no_content();
}

constexpr Route kRoutes[] = {
    {.pattern = "/users/{id}/tags",
     .allow = "GET",
     .no_cache = true,
     .read_roles = kAdministrator | kOperator,
     .forbidden = forbidden_to_see,
     .exists = operator_exists,
     .get = list_tags},
    {.pattern = "/users/{id}/tags/{tag}",
     .allow = "PUT,DELETE",
     .no_cache = true,
     .write_roles = kAdministrator,
     .forbidden = forbidden_to_change,
     .exists = tag_exists,
     .accepts = kAcceptsNothing,
     .put = put_tag,
     .del = delete_tag},
};

}  // namespace

std::span<const Route> user_tag_routes() { return kRoutes; }

}  // namespace nethsm::simulator
