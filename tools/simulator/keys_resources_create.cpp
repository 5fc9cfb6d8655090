// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "simulator/identifier.h"
#include "simulator/keys_resources.h"
#include "simulator/lax_json.h"
#include "simulator/multipart.h"

namespace nethsm::simulator {
namespace {

std::string_view content_type(const Context& context) {
  return context.request.header("content-type").value_or("");
}

// The part whose name sorts first holds the JSON, the other one the PEM file.
void import_multipart(Context& context, const std::string& id, std::string_view boundary) {
  auto parts = parse_multipart(boundary, context.request.body);
  if (!parts || parts->size() != 2) {
    throw Failure(400,
                  "Invalid multipart request, must have exactly two parts: json parameters and pem file.");
  }
  if ((*parts)[1].name < (*parts)[0].name) std::swap((*parts)[0], (*parts)[1]);
  auto attributes = read_pem_import_request(parse_lax_json((*parts)[0].data), context.profile.labels);
  auto material = KeyMaterial::import_values(parse_private_key_pem((*parts)[1].data));
  add_key(context.keys(), id, std::move(attributes), std::move(material));
}

void import_json(Context& context, const std::string& id) {
  ImportRequest request = read_import_request(parse_body(context), context.profile.labels);
  add_key(context.keys(), id, std::move(request.attributes),
          KeyMaterial::import_values(std::move(request.values)));
}

void import_as(Context& context, const std::string& id) {
  if (const auto boundary = multipart_boundary(content_type(context))) {
    import_multipart(context, id, *boundary);
  } else {
    import_json(context, id);
  }
}

}  // namespace

bool has_media_type(const Context& context) { return media_range(content_type(context)).has_value(); }

Response import_key_with_id(Context& context) {
  import_as(context, key_id(context));
  return no_content();
}

Response import_key(Context& context) {
  import_as(context, context.created_id);
  return json_response(key_id_json(context.created_id), 201);
}

Response generate_key_pair(Context& context) {
  GenerateRequest request = read_generate_request(parse_body(context), context.profile.labels);
  check_generate_request(request);
  if (request.id.empty()) request.id = context.created_id;
  check_id(request.id);
  check_generic_length(request);
  auto material = generate_key(request.type, static_cast<std::size_t>(request.length));
  add_key(context.keys(), request.id, std::move(request.attributes), std::move(material));
  context.instance.metrics.count("generate");
  Response response = json_response(key_id_json(request.id), 201);
  response.location = "/api/v1/keys/" + request.id;
  return response;
}

}  // namespace nethsm::simulator
