// SPDX-License-Identifier: Apache-2.0
#include "nethsm/client_impl.h"

namespace nethsm::api {
namespace {

constexpr auto kVisibleEverywhereAfter = seconds(10);

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

void RecentWrites::remember(std::string_view id, cluster::InstanceIndex instance) {
  const auto now = Clock::now();
  const Write write{instance, now + kVisibleEverywhereAfter};
  auto state = state_.lock();
  std::erase_if(state->by_id, [&](const auto& entry) { return entry.second.until < now; });
  state->by_id.insert_or_assign(std::string(id), write);
  state->last = write;
  any_.store(true, std::memory_order_release);
}

std::optional<cluster::InstanceIndex> RecentWrites::writer_of(std::string_view id) const {
  if (!any_.load(std::memory_order_acquire)) return std::nullopt;
  auto state = state_.lock();
  const auto entry = state->by_id.find(id);
  if (entry == state->by_id.end() || entry->second.until < Clock::now()) return std::nullopt;
  return entry->second.instance;
}

std::optional<cluster::InstanceIndex> RecentWrites::last_writer() const {
  if (!any_.load(std::memory_order_acquire)) return std::nullopt;
  auto state = state_.lock();
  if (!state->last || state->last->until < Clock::now()) return std::nullopt;
  return state->last->instance;
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
  request.prefer = recent_.writer_of(id);
  request.try_others_on_not_found = known || request.prefer.has_value();
  return request;
}

ApiResult<cluster::Reply> Client::Impl::exchange(const cluster::Request& request) {
  auto outcome = cluster_->send(request);
  if (!outcome) return Unexpected(error_of(outcome.error(), describe(request.http)));
  if (!is_success(outcome->http.status)) return Unexpected(error_of(outcome->http, describe(request.http)));
  return std::move(*outcome);
}

ApiResult<Ok> Client::Impl::write(cluster::Request request, std::string_view id, const ReadBack& happened) {
  auto outcome = cluster_->send(request);
  if (outcome) {
    if (!is_success(outcome->http.status) && outcome->http.status != 304) {
      return Unexpected(error_of(outcome->http, describe(request.http)));
    }
    recent_.remember(id, outcome->instance);
    return Ok{};
  }
  auto error = error_of(outcome.error(), describe(request.http));
  if (error.kind != Error::Kind::kOutcomeUnknown) return Unexpected(std::move(error));

  // Ask where the write went first: if it was done, it is visible there at once.
  if (outcome.error().instance) recent_.remember(id, *outcome.error().instance);
  const auto done = happened();
  if (!done) {
    error.message += "; what became of it could not be read back: " + done.error().message;
    return Unexpected(std::move(error));
  }
  if (*done) return Ok{};
  return Unexpected(
      Error{Error::Kind::kUnreachable, error.message + "; reading back shows that it was not done"});
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
  request.prefer = recent_.writer_of(id);
  request.try_others_on_not_found = true;  // a handle of the key exists, so some instance has it
  const auto reply = TRY(exchange(request));
  auto value = codec::base64_member(reply.http.text(), member);
  if (!value) {
    return Unexpected(
        Error{Error::Kind::kProtocol,
              describe(request.http) + ": the answer has no valid member '" + std::string(member) + "'"});
  }
  return std::move(*value);
}

}  // namespace nethsm::api
