// SPDX-License-Identifier: Apache-2.0
#include "nethsm/client.h"

#include <algorithm>

#include "nethsm/client_impl.h"

namespace nethsm::api {
namespace {

constexpr std::string_view kCertificate = "/cert";
// So many at once keep all connections busy; more would only take memory: for each a request and its answer.
constexpr std::size_t kBatch = 1000;
constexpr auto kStateTimeout = seconds(5);  // somebody waits for a list of slots

// `key`: what Request::accepts has made of the answer.
ApiResult<Key> key_of(const cluster::Outcome& outcome, std::string_view id, std::optional<Key> key) {
  const auto path = key_path(id);
  if (!outcome) return Unexpected(error_of(outcome.error(), path));
  if (!is_success(outcome->http.status)) return Unexpected(error_of(outcome->http, path));
  return std::move(*key);
}

void decode_into(cluster::Request& request, std::string_view id, std::optional<Key>& key) {
  request.accepts = [id, &key](const transport::Response& answer) {
    key = codec::key(id, answer.text());
    return key.has_value();
  };
}

ApiResult<std::optional<Bytes>> certificate_of(const cluster::Outcome& outcome, std::string_view id) {
  const auto path = key_path(id, kCertificate);
  if (!outcome) return Unexpected(error_of(outcome.error(), path));
  if (outcome->http.status == 404) return std::optional<Bytes>();
  if (!is_success(outcome->http.status)) return Unexpected(error_of(outcome->http, path));
  const auto& body = outcome->http.body;
  return std::optional<Bytes>(std::in_place, body.begin(), body.end());
}

Bytes plain(const SecretBytes& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Credential make_credential(std::string_view user, const Secret& passphrase) {
  return {std::string(user), transport::basic_authorization(user, passphrase)};
}

Client::Client(std::shared_ptr<cluster::Cluster> cluster)
    : impl_(std::make_unique<Impl>(std::move(cluster))) {}
Client::~Client() = default;

std::uint64_t Client::outages() const { return impl_->cluster().outages(); }

void Client::stop() { impl_->cluster().stop(); }
void Client::abandon_after_fork() noexcept { impl_->cluster().abandon_after_fork(); }

bool Client::is_operational() {
  auto request = impl_->read(nullptr, "/health/ready");
  request.only_preferred = true;
  request.timeout = kStateTimeout;
  const auto outcome = impl_->cluster().send(request);
  if (outcome && outcome->http.status == 200) return true;
  const auto all = states();
  return std::ranges::find(all, SystemState::kOperational) != all.end();
}

std::vector<SystemState> Client::states() {
  auto question = impl_->read(nullptr, "/health/state");
  question.timeout = kStateTimeout;
  const auto outcomes = impl_->cluster().send_to_each(question);
  std::vector<SystemState> states;
  for (const auto& outcome : outcomes) {
    std::optional<SystemState> state;
    if (outcome && outcome->http.status == 200) state = codec::state(outcome->http.text());
    states.push_back(state.value_or(SystemState::kUnknown));
  }
  return states;
}

ApiResult<DeviceInfo> Client::info() {
  return impl_->fetch(impl_->read(nullptr, "/info"), codec::device_info);
}

ApiResult<SystemInfo> Client::system_info(const Credential& as) {
  return impl_->fetch(impl_->read(&as, "/system/info"), codec::system_info);
}

ApiResult<Role> Client::role(const Credential& as) {
  return impl_->fetch(impl_->read(&as, "/users/" + codec::percent_encode(as.user)), codec::role);
}

ApiResult<std::vector<std::string>> Client::list_keys(const Credential& as, const KeyFilter& filter) {
  std::string path = "/keys";
  if (filter.label) path += "?label=" + codec::percent_encode(*filter.label);
  auto request = impl_->read(&as, path);
  request.prefer = impl_->recent().last_writer();
  std::optional<std::vector<std::string>> ids;
  request.accepts = [&](const transport::Response& answer) {
    ids = codec::key_ids(answer.text());
    return ids.has_value();
  };
  const auto asked_at = Clock::now();
  const auto reply = TRY(impl_->exchange(request));
  impl_->recent().correct(*ids, reply.instance, asked_at, /*may_add=*/!filter.label);
  return std::move(*ids);
}

ApiResult<Key> Client::key(const Credential& as, std::string_view id, bool known) {
  auto request = impl_->read_key(as, id, {}, known);
  std::optional<Key> key;
  decode_into(request, id, key);
  const auto outcome = impl_->cluster().send(request);
  impl_->note_place(id, outcome);
  return key_of(outcome, id, std::move(key));
}

std::vector<ApiResult<Key>> Client::keys(const Credential& as, std::span<const std::string> ids) {
  std::vector<ApiResult<Key>> keys;
  keys.reserve(ids.size());
  for (auto rest = ids; !rest.empty(); rest = rest.subspan(std::min(rest.size(), kBatch))) {
    impl_->append_keys(as, rest.first(std::min(rest.size(), kBatch)), keys);
  }
  return keys;
}

void Client::Impl::append_keys(const Credential& as, std::span<const std::string> ids,
                               std::vector<ApiResult<Key>>& keys) {
  std::vector<cluster::Request> requests;
  requests.reserve(ids.size());
  std::vector<std::optional<Key>> decoded(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    decode_into(requests.emplace_back(read_key(as, ids[i], {}, /*known=*/true)), ids[i], decoded[i]);
  }
  const auto outcomes = cluster().send_all(requests);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    note_place(ids[i], outcomes[i]);
    keys.push_back(key_of(outcomes[i], ids[i], std::move(decoded[i])));
  }
}

// Most keys have none, so the first 404 is believed, also from an instance that stands in for the one that
// wrote the key: a search must not fail because that one has died since.
cluster::Request Client::Impl::read_certificate(const Credential& as, std::string_view id) const {
  auto request = read_key(as, id, kCertificate, /*known=*/false);
  request.try_others_on_not_found = false;
  return request;
}

ApiResult<std::optional<Bytes>> Client::certificate(const Credential& as, std::string_view id) {
  return certificate_of(impl_->cluster().send(impl_->read_certificate(as, id)), id);
}

std::vector<ApiResult<std::optional<Bytes>>> Client::certificates(const Credential& as,
                                                                  std::span<const std::string> ids) {
  std::vector<cluster::Request> requests;
  requests.reserve(ids.size());
  for (const auto& id : ids) requests.push_back(impl_->read_certificate(as, id));
  const auto outcomes = impl_->cluster().send_all(requests);
  std::vector<ApiResult<std::optional<Bytes>>> certificates;
  certificates.reserve(ids.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    certificates.push_back(certificate_of(outcomes[i], ids[i]));
  return certificates;
}

ApiResult<Bytes> Client::sign(const Credential& as, std::string_view id, Mechanism mode, ByteView message) {
  codec::Object body;
  body.text("mode", mode_of(mode)).base64("message", message);
  return plain(TRY(impl_->use(as, id, "/sign", std::move(body), "signature")));
}

ApiResult<SecretBytes> Client::decrypt(const Credential& as, std::string_view id, Mechanism mode,
                                       ByteView data, std::optional<ByteView> iv) {
  codec::Object body;
  body.text("mode", mode_of(mode)).base64("encrypted", data);
  if (iv) body.base64("iv", *iv);
  return impl_->use(as, id, "/decrypt", std::move(body), "decrypted");
}

ApiResult<Bytes> Client::encrypt(const Credential& as, std::string_view id, Mechanism mode, ByteView data,
                                 ByteView iv) {
  codec::Object body;
  body.text("mode", mode_of(mode)).base64("message", data).base64("iv", iv);
  return plain(TRY(impl_->use(as, id, "/encrypt", std::move(body), "encrypted")));
}

ApiResult<Bytes> Client::random(const Credential& as, std::size_t length) {
  cluster::Request request = impl_->read(&as, "/random");
  request.request_class = cluster::RequestClass::kUse;
  request.http.method = transport::Method::kPost;
  request.http.content_type = kJson;
  codec::Object body;
  body.number("length", length);
  request.http.body = body.take();
  return plain(TRY(impl_->fetch(std::move(request), [&](std::string_view answer) {
    auto bytes = codec::base64_member(answer, "random");
    if (bytes && bytes->size() != length) bytes.reset();
    return bytes;
  })));
}

bool Client::has_labels() {
  const int known = impl_->has_labels.load(std::memory_order_relaxed);
  if (known >= 0) return known != 0;
  // The route exists from API 5.0 on and has no GET: 405 there, 404 before, and neither asks who is calling.
  const auto outcome = impl_->cluster().send(impl_->read(nullptr, "/keys/x/label"));
  if (!outcome || (outcome->http.status != 405 && outcome->http.status != 404)) return false;
  const bool labels = outcome->http.status == 405;
  impl_->has_labels.store(labels ? 1 : 0, std::memory_order_relaxed);
  return labels;
}

}  // namespace nethsm::api
