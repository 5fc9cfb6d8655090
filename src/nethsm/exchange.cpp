// SPDX-License-Identifier: Apache-2.0
#include "nethsm/client_impl.h"

namespace nethsm::api {
namespace {

Error::Kind kind_of(int status, std::string_view message) {
  switch (status) {
    case 401:
      return Error::Kind::kUnauthorized;
    case 403:
      return message == "tags restriction not met" ? Error::Kind::kTagsNotMet : Error::Kind::kForbidden;
    case 404:
      return Error::Kind::kNotFound;
    case 409:
      return Error::Kind::kExists;
    case 412:
      return Error::Kind::kNotOperational;
    case 413:
      return Error::Kind::kTooLarge;
    case 429:
      return Error::Kind::kBusy;
    case 400:
      // The OpenAPI file says 409 for a key id in use; the device says this.
      if (message.find("already exists") != std::string_view::npos) return Error::Kind::kExists;
      return Error::Kind::kRejected;
    default:
      if (status >= 500) return Error::Kind::kBusy;
      return status >= 400 ? Error::Kind::kRejected : Error::Kind::kProtocol;
  }
}

Error::Kind kind_of(cluster::Failure::Kind kind) {
  using From = cluster::Failure::Kind;
  switch (kind) {
    case From::kNotOperational:
      return Error::Kind::kNotOperational;
    case From::kBusy:
      return Error::Kind::kBusy;
    case From::kOutcomeUnknown:
      return Error::Kind::kOutcomeUnknown;
    case From::kRefusedPeer:
      return Error::Kind::kRefusedPeer;
    case From::kNotUnderstood:
      return Error::Kind::kProtocol;
    case From::kUnreachable:
      break;
  }
  return Error::Kind::kUnreachable;
}

std::string describe(const transport::Request& request) {
  return std::string(transport::to_string(request.method)) + " " + request.path;
}

}  // namespace

Error error_of(const transport::Response& response, std::string_view what) {
  const auto message = codec::error_message(response.text());
  auto text = std::string(what) + ": " + std::to_string(response.status);
  if (!message.empty()) text += " " + message;
  return {kind_of(response.status, message), std::move(text)};
}

Error error_of(const cluster::Failure& failure, std::string_view what) {
  return {kind_of(failure.kind), std::string(what) + ": " + failure.message};
}

std::string key_path(std::string_view id, std::string_view suffix) {
  std::string path = "/keys/";
  path += codec::percent_encode(id);
  path += suffix;
  return path;
}

cluster::Request write_request(const Credential& as, transport::Method method, std::string path,
                               SecretBytes body, std::string_view content_type) {
  cluster::Request request;
  request.request_class = cluster::RequestClass::kWrite;
  request.http.method = method;
  request.http.path = std::move(path);
  request.http.authorization = as.authorization;
  request.http.content_type = content_type;
  request.http.body = std::move(body);
  return request;
}

cluster::Request Client::Impl::read(const Credential* as, std::string path) const {
  cluster::Request request;
  request.http.path = std::move(path);
  if (as != nullptr) request.http.authorization = as->authorization;
  return request;
}

cluster::Request Client::Impl::read_key(const Credential& as, std::string_view id, std::string_view suffix,
                                        bool known) const {
  auto request = read(&as, key_path(id, suffix));
  choose_instance(request, id, known);
  return request;
}

cluster::Request Client::Impl::change_key(const Credential& as, transport::Method method, std::string_view id,
                                          std::string_view suffix, SecretBytes body,
                                          std::string_view content_type) const {
  auto request = write_request(as, method, key_path(id, suffix), std::move(body), content_type);
  choose_instance(request, id, /*known=*/true);  // a 404 changes nothing, so the next one may be asked
  return request;
}

void Client::Impl::choose_instance(cluster::Request& request, std::string_view id, bool known) const {
  const auto place = recent_.place_of(id);
  request.try_others_on_not_found = known || place.has_value();
  if (!place) return;
  request.prefer = place->instance;
  request.believe_preferred = place->wrote;
}

void Client::Impl::note_place(std::string_view id, const cluster::Outcome& outcome) {
  if (outcome && outcome->missing_elsewhere && is_success(outcome->http.status))
    recent_.found(id, outcome->instance);
}

ApiResult<cluster::Reply> Client::Impl::exchange(const cluster::Request& request) {
  auto outcome = cluster_->send(request);
  if (!outcome) return Unexpected(error_of(outcome.error(), describe(request.http)));
  if (!is_success(outcome->http.status)) return Unexpected(error_of(outcome->http, describe(request.http)));
  return std::move(*outcome);
}

void Client::Impl::remember(std::initializer_list<Effect> effects, cluster::InstanceIndex writer) {
  for (const auto& effect : effects) recent_.wrote(effect.id, writer, effect.exists);
}

ApiResult<Ok> Client::Impl::write(cluster::Request request, std::initializer_list<Effect> effects,
                                  const ReadBack& read_back) {
  auto outcome = cluster_->send(request);
  if (outcome) {
    if (!is_success(outcome->http.status) && outcome->http.status != 304) {
      return Unexpected(error_of(outcome->http, describe(request.http)));
    }
    remember(effects, outcome->instance);
    return Ok{};
  }
  auto error = error_of(outcome.error(), describe(request.http));
  if (error.kind != Error::Kind::kOutcomeUnknown) return Unexpected(std::move(error));
  const auto writer = outcome.error().instance;
  switch (settle(*cluster_, read_back, writer)) {
    case Settled::kDone:
      if (writer) remember(effects, *writer);
      return Ok{};
    case Settled::kNotDone:
      return Unexpected(
          Error{Error::Kind::kUnreachable, error.message + "; reading back shows that it was not done"});
    case Settled::kUnknown:
      break;
  }
  error.message += "; it may have been done or not, as what became of it could not be read back";
  return Unexpected(std::move(error));
}

ApiResult<SecretBytes> Client::Impl::use(const Credential& as, std::string_view id,
                                         std::string_view operation, codec::Object body,
                                         std::string_view member) {
  cluster::Request request;
  request.request_class = cluster::RequestClass::kUse;
  request.http.method = transport::Method::kPost;
  request.http.path = key_path(id, operation);
  request.http.authorization = as.authorization;
  request.http.content_type = kJson;
  request.http.body = body.take();
  choose_instance(request, id, /*known=*/true);  // a handle of it exists, so some instance has it
  std::optional<SecretBytes> value;
  request.accepts = [&](const transport::Response& answer) {
    value = codec::base64_member(answer.text(), member);
    return value.has_value();
  };
  const auto outcome = cluster_->send(request);
  note_place(id, outcome);
  if (!outcome) return Unexpected(error_of(outcome.error(), describe(request.http)));
  if (!is_success(outcome->http.status)) return Unexpected(error_of(outcome->http, describe(request.http)));
  return std::move(*value);
}

}  // namespace nethsm::api
