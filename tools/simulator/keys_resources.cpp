// SPDX-License-Identifier: Apache-2.0
#include "simulator/keys_resources.h"

#include "simulator/identifier.h"
#include "simulator/passphrase.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

constexpr std::string_view kMultipart = "multipart/form-data";
constexpr std::string_view kAcceptsKey[] = {kJson, kMultipart};

constexpr Roles kReaders = kAdministrator | kOperator;

// "/keys/al*" lists the keys whose ids start with "al".
bool is_prefix(const Context& context) {
  return context.request.method == "GET" && key_id(context).ends_with('*');
}

std::string prefix_of(const Context& context) {
  return key_id(context).substr(0, key_id(context).size() - 1);
}

bool key_exists(Context& context) {
  check_id(key_id(context));
  return find_key(context) != nullptr;
}

bool key_or_prefix_exists(Context& context) {
  if (!is_prefix(context)) return key_exists(context);
  check_id(prefix_of(context));
  return true;
}

// ?label= as far as the version has it.
std::optional<std::string> wanted_label(const Context& context) {
  if (!context.profile.labels) return std::nullopt;
  auto label = context.request.query("label");
  if (label && !label_complaint(*label).empty()) throw Failure(400, std::string(label_complaint(*label)));
  return label;
}

std::vector<std::string> ids_with_label(const Context& context, std::string_view prefix) {
  const auto label = wanted_label(context);
  if (!label) return context.keys().ids(prefix);
  return context.keys().ids(prefix, [&](const KeyRecord& key) { return key.label == *label; });
}

// Before 5.0 the server looked the restrictions of a namespace's keys up in the root namespace.
void keep_usable(const Context& context, std::vector<std::string>& ids) {
  const auto keys = context.profile.filter_in_namespace ? context.keys()
                                                        : KeyView(context.store.keys(""), context.viewpoint);
  std::erase_if(ids, [&](const std::string& id) {
    const KeyRecordPtr key = keys.find(id);
    return !key || !key->usable_with(context.user->tags);
  });
}

Response list_keys(Context& context) {
  auto ids = ids_with_label(context, "");
  const bool filter = context.request.query("filter").has_value();
  if (filter && context.user->role != Role::kAdministrator) keep_usable(context, ids);
  Response response = json_response(key_list_json(ids));
  response.untagged = filter;
  return response;
}

Response get_key(Context& context) {
  if (is_prefix(context)) return json_response(key_list_json(ids_with_label(context, prefix_of(context))));
  return json_response(key_json(*require_key(context)));
}

Response delete_key(Context& context) {
  if (!context.keys().erase(key_id(context))) throw Failure(404);
  return no_content();
}

Response get_public_pem(Context& context) {
  return typed_response(kPem, require_key(context)->material->public_pem());
}

std::string new_key_id(Context&) { return random_hex_id(); }

constexpr Route use_route(std::string_view pattern, Handler handler) {
  return {.pattern = pattern,
          .allow = "POST",
          .no_cache = true,
          .write_roles = kOperator,
          .body_limit = kCryptoLimit,
          .exists = key_exists,
          .post = handler};
}

constexpr Route kRoutes[] = {
    {.pattern = "/keys",
     .allow = "POST,GET",
     .read_roles = kReaders,
     .write_roles = kAdministrator,
     .known_content_type = has_media_type,
     .tagged = true,
     .accepts = kAcceptsKey,
     .new_id = new_key_id,
     .get = list_keys,
     .post = refusing<import_key>},
    {.pattern = "/keys/generate",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator,
     .accepts = kAcceptsJson,
     .new_id = new_key_id,
     .creates_beside = true,
     .post = refusing<generate_key_pair>},
    {.pattern = "/keys/{id}",
     .allow = "PUT,GET,DELETE",
     .read_roles = kReaders,
     .write_roles = kAdministrator,
     .known_content_type = has_media_type,
     .exists = key_or_prefix_exists,
     .tagged = true,
     .accepts = kAcceptsKey,
     .get = get_key,
     .put = refusing<import_key_with_id>,
     .del = delete_key},
    {.pattern = "/keys/{id}/public.pem",
     .allow = "GET",
     .read_roles = kReaders,
     .produces = kPem,
     .exists = key_exists,
     .tagged = true,
     .get = refusing<get_public_pem>},
    {.pattern = "/keys/{id}/csr.pem",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kReaders,
     .produces = kPem,
     .exists = key_exists,
     .post = refusing<request_certificate>},
    use_route("/keys/{id}/sign", refusing<sign_with_key>),
    use_route("/keys/{id}/decrypt", refusing<decrypt_with_key>),
    use_route("/keys/{id}/encrypt", refusing<encrypt_with_key>),
    {.pattern = "/keys/{id}/cert",
     .allow = "PUT,GET,DELETE",
     .read_roles = kReaders,
     .write_roles = kAdministrator,
     .known_content_type = is_octet_stream,
     .produces = kOctetStream,
     .exists = certificate_exists,
     .tagged = true,
     .get = get_certificate,
     .put = put_certificate,
     .del = delete_certificate},
    {.pattern = "/keys/{id}/move",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator,
     .exists = key_exists,
     .post = move_key},
    {.pattern = "/keys/{id}/label",
     .allow = "PUT,DELETE",
     .version = Version::kSince5_0,
     .no_cache = true,
     .write_roles = kAdministrator,
     .exists = key_exists,
     .accepts = kAcceptsJson,
     .put = put_label,
     .del = delete_label},
    {.pattern = "/keys/{id}/restrictions/tags/{tag}",
     .allow = "PUT,DELETE",
     .no_cache = true,
     .write_roles = kAdministrator,
     .exists = tag_exists,
     .accepts = kAcceptsNothing,
     .put = put_tag,
     .del = delete_tag},
};

}  // namespace

KeyRecordPtr require_key(const Context& context) {
  KeyRecordPtr key = find_key(context);
  if (!key) throw Failure(404);
  return key;
}

bool change_key(Context& context, const std::function<bool(KeyRecord&)>& change) {
  bool changed = false;
  const auto remember = [&](KeyRecord& key) { return changed = change(key); };
  if (!context.keys().update(key_id(context), remember)) throw Failure(404);
  return changed;
}

std::span<const Route> key_routes() { return kRoutes; }

}  // namespace nethsm::simulator
