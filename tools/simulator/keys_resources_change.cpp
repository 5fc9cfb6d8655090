// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "simulator/identifier.h"
#include "simulator/json_record.h"
#include "simulator/keys_resources.h"

namespace nethsm::simulator {
namespace {

const std::string& tag_of(const Context& context) { return context.arguments[1]; }

}  // namespace

Response move_key(Context& context) {
  const std::string new_id = read_move_request(parse_body(context));
  if (new_id.empty()) throw Failure(400, "JSON field newId is empty.");
  check_id(new_id);
  switch (context.keys().move(key_id(context), new_id)) {
    case MoveResult::kMoved:
      break;
    case MoveResult::kNoSuchKey:
      throw Failure(404);
    case MoveResult::kNewIdExists:
      throw Failure(409, "Key '" + new_id + "' already exists");
  }
  context.instance.metrics.count("kv write");
  return json_response(key_id_json(new_id));
}

Response put_label(Context& context) {
  std::string label;
  try {
    label = read_label_request(parse_body(context));
  } catch (const SchemaError& error) {
    throw Failure(400, error.what());  // here without the words that other resources put in front
  }
  if (!find_key(context)) throw Failure(404, "key not found");
  const bool changed =
      change_key(context, [&](KeyRecord& key) { return std::exchange(key.label, label) != label; });
  return changed ? no_content() : not_modified(context);
}

Response delete_label(Context& context) {
  change_key(context, [](KeyRecord& key) { return !std::exchange(key.label, {}).empty(); });
  return no_content();
}

// The tag's syntax is looked at once it is known that there is a key; PUT does so itself, after its own 404.
bool tag_exists(Context& context) {
  check_id(key_id(context));
  const KeyRecordPtr key = find_key(context);
  if (!key || context.request.method == "PUT") return false;
  check_id(tag_of(context));
  return key->tags.contains(tag_of(context));
}

Response put_tag(Context& context) {
  if (!find_key(context)) throw Failure(404, "key not found");
  check_id(tag_of(context));
  const bool added =
      change_key(context, [&](KeyRecord& key) { return key.tags.insert(tag_of(context)).second; });
  return added ? no_content() : not_modified(context);
}

Response delete_tag(Context& context) {
  change_key(context, [&](KeyRecord& key) { return key.tags.erase(tag_of(context)) != 0; });
  return no_content();
}

bool is_octet_stream(const Context& context) {
  return equal_ignoring_case(context.request.header("content-type").value_or(""), kOctetStream);
}

// DELETE tells in its own words that there is no certificate, so for it the key is enough.
bool certificate_exists(Context& context) {
  check_id(key_id(context));
  const KeyRecordPtr key = find_key(context);
  return key && (context.request.method == "DELETE" || key->certificate.has_value());
}

Response get_certificate(Context& context) {
  const KeyRecordPtr key = require_key(context);
  if (!key->certificate) throw Failure(404);
  return typed_response(kOctetStream, *key->certificate);
}

Response put_certificate(Context& context) {
  if (context.request.header("content-type") != kOctetStream) {
    throw Failure(400, "Content-Type must be application/octet-stream.");
  }
  if (!find_key(context)) throw Failure(404, "keyID not found");
  const bool added = change_key(context, [&](KeyRecord& key) {
    if (key.certificate) return false;
    key.certificate = context.request.body;
    return true;
  });
  if (!added) throw Failure(409, "Key already contains a certificate");
  return typed_response(kOctetStream, "", 201);
}

Response delete_certificate(Context& context) {
  const bool removed =
      change_key(context, [](KeyRecord& key) { return std::exchange(key.certificate, {}).has_value(); });
  if (!removed) throw Failure(404, "There is no certificate for this KeyID.");
  return no_content();
}

}  // namespace nethsm::simulator
