// SPDX-License-Identifier: Apache-2.0
// /users, /users/{id}, their passphrases and tags.
#include "simulator/json_record.h"
#include "simulator/routes.h"
#include "simulator/user_access.h"

namespace nethsm::simulator {
namespace {

constexpr std::string_view kPostForm =
    "POST on this endpoint expects a prefix of the form '/ns~' to select in which namespace the new user "
    "should "
    "be created. For a new root user, don't add a trailing '/'.";

const std::string& target(const Context& context) { return context.arguments[0]; }

bool forbidden_user(const Context& context) {
  const std::string& method = context.request.method;
  if (method == "GET") return forbidden_to_see(context);
  // For PUT and POST the handler decides, after the JSON.
  return method == "DELETE" && forbidden_to_change(context);
}

bool forbidden_passphrase(const Context& context) {
  if (context.user->role == Role::kOperator) return context.user->id != target(context);
  return forbidden_to_change(context);
}

bool user_exists(Context& context) { return context.request.method == "POST" || named_user_exists(context); }

Role read_role(const nlohmann::json& value) {
  if (!value.is_string()) throw SchemaError("expected string as role");
  const auto role = find_role(value.get_ref<const std::string&>());
  if (!role) throw SchemaError("Json.role");
  return *role;
}

User read_user(const Context& context, std::string id) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.user_req", {"realName", "role", "passphrase"});
  const std::string passphrase = record.string("passphrase");
  const Role role = read_role(record.required("role"));
  const std::string real_name = record.string("realName");
  check_passphrase("passphrase", passphrase);
  return {std::move(id), real_name, role, UserPassphrase::of(passphrase), {}};
}

void add_user(Context& context, const std::string& id) {
  User user = read_user(context, id);
  const std::string mine = context.user_namespace(), theirs = namespace_of(id);
  if (!mine.empty() && mine != theirs)
    throw Failure(403, "N-User trying to create user for another namespace");
  if (mine.empty() && !theirs.empty() && context.store.namespace_exists(theirs))
    throw Failure(403, "R-User trying to create N-User for an already created namespace");
  if (!context.store.add_user(std::move(user))) throw Failure(409, "user already exists");
}

Response list_users(Context& context) {
  const std::string mine = context.user_namespace();
  std::string json = "[";
  for (const auto& id : context.store.user_ids()) {
    if (!mine.empty() && namespace_of(id) != mine) continue;
    json += json.size() == 1 ? R"({"user":)" : R"(,{"user":)";
    append_json_string(json, id);
    json += "}";
  }
  return json_response(json + "]");
}

std::string new_user_id(Context& context) {
  const std::string mine = context.user_namespace();
  return mine.empty() ? random_hex_id() : mine + "~" + random_hex_id();
}

std::string new_user_id_in_namespace(Context& context) {
  const std::string& prefix = target(context);
  if (prefix.size() < 2 || prefix.find('~') != prefix.size() - 1) throw Failure(400, std::string(kPostForm));
  return prefix + random_hex_id();
}

Response post_user(Context& context) {
  add_user(context, context.created_id);
  return json_response(R"({"id":)" + json_string(context.created_id) + "}", 201);
}

Response put_user(Context& context) {
  add_user(context, target(context));
  Response response;
  response.status = 201;
  response.location = context.request.raw_path();
  return response;
}

Response get_user(Context& context) {
  const auto user = context.store.find_user(target(context));
  if (!user) throw Failure(404);
  std::string json = R"({"realName":)";
  append_json_string(json, user->real_name);
  json += R"(,"role":")";
  json += role_name(user->role);
  return json_response(json + "\"}");
}

Response delete_user(Context& context) {
  if (context.user->id == target(context)) throw Failure(400, "Users cannot delete themselves");
  if (!context.store.remove_user(target(context))) throw Failure(404);
  return no_content();
}

Response post_passphrase(Context& context) {
  const auto body = parse_body(context);
  const std::string passphrase = JsonRecord(body, "Json.passphrase_req", {"passphrase"}).string("passphrase");
  check_passphrase("passphrase", passphrase);
  if (!context.store.set_passphrase(target(context), passphrase)) throw Failure(404);
  return no_content();
}

constexpr Route kRoutes[] = {
    {.pattern = "/users",
     .allow = "POST,GET",
     .read_roles = kAdministrator,
     .write_roles = kAdministrator,
     .tagged = true,
     .accepts = kAcceptsJson,
     .new_id = new_user_id,
     .keep_location = true,
     .get = list_users,
     .post = post_user},
    {.pattern = "/users/{id}",
     .allow = "PUT,GET,DELETE,POST",
     .read_roles = kAdministrator | kOperator,
     .write_roles = kAdministrator,
     .forbidden = forbidden_user,
     .exists = user_exists,
     .tagged = true,
     .accepts = kAcceptsJson,
     .new_id = new_user_id_in_namespace,
     .creates_beside = true,
     .keep_location = true,
     .get = get_user,
     .put = put_user,
     .post = post_user,
     .del = delete_user},
    {.pattern = "/users/{id}/passphrase",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator | kOperator,
     .forbidden = forbidden_passphrase,
     .exists = named_user_exists,
     .post = post_passphrase},
};

}  // namespace

std::span<const Route> user_routes() { return kRoutes; }

}  // namespace nethsm::simulator
