// SPDX-License-Identifier: Apache-2.0
// The calls that change something on the device, each with the question that settles a lost answer.
#include "nethsm/client_impl.h"

namespace nethsm::api {
namespace {

using transport::Method;

// RSA keys of 8192 bits take minutes on the device.
constexpr auto kGenerationTimeout = std::chrono::minutes(10);

// From an answer to "does it exist": 404 is a no, every other error leaves the question open.
template <class T>
ApiResult<bool> exists(const ApiResult<T>& answer) {
  if (answer) return true;
  if (answer.error().kind == Error::Kind::kNotFound) return false;
  return Unexpected(answer.error());
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
  return impl_->write(std::move(request), key.id, [&] { return exists(this->key(as, key.id)); });
}

ApiResult<Ok> Client::import_key(const Credential& as, const ImportedKey& key) {
  codec::Object body;
  body.mechanisms("mechanisms", key.mechanisms).text("type", to_string(key.type));
  body.object("private", private_part(key));
  if (!key.label.empty()) body.text("label", key.label);
  return impl_->write(write_request(as, Method::kPut, key_path(key.id), body.take(), kJson), key.id,
                      [&] { return exists(this->key(as, key.id)); });
}

ApiResult<Ok> Client::delete_key(const Credential& as, std::string_view id) {
  return impl_->write(write_request(as, Method::kDelete, key_path(id)), id,
                      [&]() -> ApiResult<bool> { return !TRY(exists(key(as, id))); });
}

ApiResult<Ok> Client::move_key(const Credential& as, std::string_view id, std::string_view new_id) {
  codec::Object body;
  body.text("newId", new_id);
  return impl_->write(write_request(as, Method::kPost, key_path(id, "/move"), body.take(), kJson), new_id,
                      [&]() -> ApiResult<bool> {
                        if (TRY(exists(key(as, id)))) return false;
                        return exists(key(as, new_id));
                      });
}

ApiResult<Ok> Client::set_label(const Credential& as, std::string_view id, std::string_view label) {
  codec::Object body;
  body.text("label", label);
  return impl_->write(write_request(as, Method::kPut, key_path(id, "/label"), body.take(), kJson), id,
                      [&]() -> ApiResult<bool> { return TRY(key(as, id)).label == label; });
}

ApiResult<Ok> Client::put_certificate(const Credential& as, std::string_view id, ByteView stored_form) {
  auto request = write_request(as, Method::kPut, key_path(id, "/cert"),
                               SecretBytes(stored_form.begin(), stored_form.end()), kOctets);
  return impl_->write(std::move(request), id, [&]() -> ApiResult<bool> {
    const auto stored = TRY(certificate(as, id));
    return stored && std::equal(stored->begin(), stored->end(), stored_form.begin(), stored_form.end());
  });
}

ApiResult<Ok> Client::delete_certificate(const Credential& as, std::string_view id) {
  return impl_->write(write_request(as, Method::kDelete, key_path(id, "/cert")), id,
                      [&]() -> ApiResult<bool> { return !TRY(certificate(as, id)).has_value(); });
}

ApiResult<Ok> Client::set_passphrase(const Credential& as, std::string_view user, const Secret& passphrase) {
  codec::Object body;
  body.text("passphrase", as_text(passphrase.reveal()));
  auto request = write_request(as, Method::kPost, "/users/" + codec::percent_encode(user) + "/passphrase",
                               body.take(), kJson);
  return impl_->write(std::move(request), user, [&]() -> ApiResult<bool> {
    const auto proof = role(make_credential(user, passphrase));
    if (proof) return true;
    if (proof.error().kind == Error::Kind::kUnauthorized) return false;
    return Unexpected(proof.error());
  });
}

}  // namespace nethsm::api
