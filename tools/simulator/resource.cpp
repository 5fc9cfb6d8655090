// SPDX-License-Identifier: Apache-2.0
#include "simulator/resource.h"

#include "simulator/json_record.h"
#include "simulator/lax_json.h"

namespace nethsm::simulator {

KeyView Context::keys() const {
  auto keys = store.keys(user_namespace());
  if (keys == nullptr) throw Failure(403);
  return {std::move(keys), viewpoint};
}

Response no_content() { return {}; }

Response typed_response(std::string_view content_type, std::string body, int status) {
  Response response;
  response.status = status;
  response.content_type = content_type;
  response.body = std::move(body);
  return response;
}

Response json_response(std::string json, int status) {
  return typed_response(kJson, std::move(json), status);
}

Response not_modified(const Context& context) {
  Response response;
  response.status = 304;
  if (!context.profile.not_modified_without_body) response.stray = message_json("");
  return response;
}

std::string message_json(std::string_view message) {
  std::string json = R"({"message":)";
  append_json_string(json, message);
  return json + "}";
}

nlohmann::json parse_body(const Context& context) { return parse_lax_json(context.request.body); }

}  // namespace nethsm::simulator
