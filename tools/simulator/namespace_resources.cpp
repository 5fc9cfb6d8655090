// SPDX-License-Identifier: Apache-2.0
// /namespaces
#include "simulator/identifier.h"
#include "simulator/json_record.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

bool namespace_exists(Context& context) {
  check_id(context.arguments[0]);
  return context.store.namespace_exists(context.arguments[0]);
}

Response list_namespaces(Context& context) {
  std::string json = "[";
  for (const auto& name : context.store.namespaces()) {
    json += json.size() == 1 ? R"({"id":)" : R"(,{"id":)";
    append_json_string(json, name);
    json += "}";
  }
  return json_response(json + "]");
}

Response put_namespace(Context& context) {
  const std::string& name = context.arguments[0];
  if (!context.store.add_namespace(name)) throw Failure(400, "Namespace " + name + " already exists");
  return no_content();
}

Response delete_namespace(Context& context) {
  if (!context.store.remove_namespace(context.arguments[0])) throw Failure(404);
  return no_content();
}

constexpr Route kRoutes[] = {
    {.pattern = "/namespaces",
     .allow = "GET,HEAD",
     .read_roles = kAdministrator,
     .root_only = true,
     .get = list_namespaces},
    {.pattern = "/namespaces/{id}",
     .allow = "PUT,DELETE",
     .write_roles = kAdministrator,
     .root_only = true,
     .exists = namespace_exists,
     .accepts = kAcceptsNothing,
     .put = put_namespace,
     .del = delete_namespace},
};

}  // namespace

std::span<const Route> namespace_routes() { return kRoutes; }

}  // namespace nethsm::simulator
