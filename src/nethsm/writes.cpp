// SPDX-License-Identifier: Apache-2.0
// The calls that change something on the device, each with the question that settles a lost answer.
#include <algorithm>

#include "nethsm/client_impl.h"

namespace nethsm::api {
namespace {

using transport::Method;

// RSA keys of 8192 bits take minutes on the device.
constexpr auto kGenerationTimeout = std::chrono::minutes(10);

constexpr int kOk = 200, kUnauthorized = 401, kNotFound = 404;

cluster::Request question(const Credential& as, std::string path) {
  cluster::Request request;
  request.http.path = std::move(path);
  request.http.authorization = as.authorization;
  return request;
}

// A 200 or a 404; every other answer leaves the question open.
std::optional<bool> exists(const transport::Response& answer) {
  if (answer.status == kOk) return true;
  return answer.status == kNotFound ? std::optional(false) : std::nullopt;
}

// It was made if it is there: the id had been found free.
ReadBack was_made(const Credential& as, std::string_view id) {
  return {{question(as, key_path(id))}, [](ReadBack::Answers a) { return exists(a[0]); }};
}

// That another instance does not have it proves nothing: it may never have had it.
ReadBack was_deleted(const Credential& as, std::string path) {
  ReadBack read_back{{question(as, std::move(path))}, {}};
  read_back.was_done = [](ReadBack::Answers a) -> std::optional<bool> {
    const auto there = exists(a[0]);
    return there ? std::optional(!*there) : std::nullopt;
  };
  read_back.others_can_tell = false;
  return read_back;
}

codec::Object private_part(const ImportedKey& key) {
  codec::Object json;
  if (const auto* rsa = std::get_if<RsaPrivate>(&key.private_part)) {
    json.base64("primeP", rsa->prime_p)
        .base64("primeQ", rsa->prime_q)
        .base64("publicExponent", rsa->public_exponent);
  } else {
    json.base64("data", std::get<SecretBytes>(key.private_part));
  }
  return json;
}

}  // namespace

ApiResult<Ok> Client::generate_key(const Credential& as, const NewKey& key) {
  codec::Object body;
  body.mechanisms("mechanisms", key.mechanisms).text("type", to_string(key.type)).text("id", key.id);
  if (key.length != 0) body.number("length", key.length);
  if (!key.label.empty()) body.text("label", key.label);
  auto request = write_request(as, Method::kPost, "/keys/generate", body.take(), kJson);
  request.timeout = kGenerationTimeout;
  return impl_->write(std::move(request), {{key.id}}, was_made(as, key.id));
}

ApiResult<Ok> Client::import_key(const Credential& as, const ImportedKey& key) {
  codec::Object body;
  body.mechanisms("mechanisms", key.mechanisms).text("type", to_string(key.type));
  body.object("private", private_part(key));
  if (!key.label.empty()) body.text("label", key.label);
  return impl_->write(write_request(as, Method::kPut, key_path(key.id), body.take(), kJson), {{key.id}},
                      was_made(as, key.id));
}

ApiResult<Ok> Client::delete_key(const Credential& as, std::string_view id) {
  return impl_->write(impl_->change_key(as, Method::kDelete, id, {}), {{id, false}},
                      was_deleted(as, key_path(id)));
}

ApiResult<Ok> Client::move_key(const Credential& as, std::string_view id, std::string_view new_id) {
  codec::Object body;
  body.text("newId", new_id);
  const ReadBack read_back{{question(as, key_path(id)), question(as, key_path(new_id))},
                           [](ReadBack::Answers a) -> std::optional<bool> {
                             const auto before = exists(a[0]), after = exists(a[1]);
                             if (!before || !after) return std::nullopt;
                             return !*before && *after;
                           }};
  return impl_->write(impl_->change_key(as, Method::kPost, id, "/move", body.take(), kJson),
                      {{id, false}, {new_id}}, read_back);
}

ApiResult<Ok> Client::set_label(const Credential& as, std::string_view id, std::string_view label) {
  codec::Object body;
  body.text("label", label);
  const ReadBack read_back{{question(as, key_path(id))}, [&](ReadBack::Answers a) -> std::optional<bool> {
                             const auto key = a[0].status == kOk ? codec::key(id, a[0].text()) : std::nullopt;
                             return key ? std::optional(key->label == label) : std::nullopt;
                           }};
  return impl_->write(impl_->change_key(as, Method::kPut, id, "/label", body.take(), kJson), {{id}},
                      read_back);
}

ApiResult<Ok> Client::put_certificate(const Credential& as, std::string_view id, ByteView stored_form) {
  auto request = impl_->change_key(as, Method::kPut, id, "/cert",
                                   SecretBytes(stored_form.begin(), stored_form.end()), kOctets);
  const ReadBack read_back{{question(as, key_path(id, "/cert"))}, [&](ReadBack::Answers a) {
                             const auto there = exists(a[0]);
                             if (there != true) return there;
                             return std::optional(std::ranges::equal(a[0].body, stored_form));
                           }};
  return impl_->write(std::move(request), {{id}}, read_back);
}

ApiResult<Ok> Client::delete_certificate(const Credential& as, std::string_view id) {
  return impl_->write(impl_->change_key(as, Method::kDelete, id, "/cert"), {{id}},
                      was_deleted(as, key_path(id, "/cert")));
}

ApiResult<Ok> Client::set_passphrase(const Credential& as, std::string_view user, const Secret& passphrase) {
  codec::Object body;
  body.text("passphrase", as_text(passphrase.reveal()));
  const auto path = "/users/" + codec::percent_encode(user);
  ReadBack read_back{{question(make_credential(user, passphrase), path)},
                     [](ReadBack::Answers a) -> std::optional<bool> {
                       if (a[0].status == kOk) return true;
                       return a[0].status == kUnauthorized ? std::optional(false) : std::nullopt;
                     }};
  read_back.repeatable = false;  // the device slows down who comes with wrong passphrases
  return impl_->write(write_request(as, Method::kPost, path + "/passphrase", body.take(), kJson), {},
                      read_back);
}

}  // namespace nethsm::api
