// SPDX-License-Identifier: Apache-2.0
#include "simulator/chain.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "simulator/conditions.h"
#include "simulator/credentials.h"
#include "simulator/json_record.h"
#include "simulator/key_crypto.h"
#include "simulator/lax_json.h"

namespace nethsm::simulator {
namespace {

constexpr std::array<std::string_view, 8> kKnownMethods = {"GET",    "HEAD",  "POST",    "PUT",
                                                           "DELETE", "TRACE", "CONNECT", "OPTIONS"};
constexpr std::size_t kMaxTargetBytes = 2000;

// The way of one request through the checks of its resource.
class Chain {
 public:
  Chain(const Route& route, Context& context) : route_(route), context_(context) {}

  Response run();

 private:
  using Refusal = std::optional<Response>;
  using Check = Refusal (Chain::*)();

  Refusal state();
  Refusal known_method();
  Refusal target_length();
  Refusal allowed_method();
  Refusal authentication();
  Refusal permission();
  Refusal known_content_type();
  Refusal body_length();
  Refusal acceptable();
  Refusal acceptable_encoding();
  Refusal existence();
  Refusal conditions();
  Refusal content_type();

  static constexpr std::array<Check, 13> kChecks = {
      &Chain::state,          &Chain::known_method,        &Chain::target_length,      &Chain::allowed_method,
      &Chain::authentication, &Chain::permission,          &Chain::known_content_type, &Chain::body_length,
      &Chain::acceptable,     &Chain::acceptable_encoding, &Chain::existence,          &Chain::conditions,
      &Chain::content_type};

  const std::string& method() const { return context_.request.method; }
  bool reads() const { return method() == "GET" || method() == "HEAD"; }
  bool creates() const { return method() == "POST" && route_.new_id != nullptr; }
  bool authenticates() const;
  // A refusal without a body; its Content-Type is set once the chain has found it acceptable.
  Response bare(int status) const;
  Response refused(const Failure& failure) const;
  Response unauthorized(std::string_view realm) const;
  const Response& entity();  // what GET answers now
  std::optional<std::string> entity_tag();
  Response handle();
  Response finish(Response response) const;

  const Route& route_;
  Context& context_;
  bool typed_ = false;  // the answer has passed `acceptable`
  bool exists_ = true;
  std::string location_;
  std::optional<Response> entity_;
};

Response Chain::run() {
  try {
    for (const Check check : kChecks) {
      if (auto refusal = (this->*check)()) return finish(std::move(*refusal));
    }
    return finish(handle());
  } catch (const Failure& failure) {
    return finish(refused(failure));
  } catch (const JsonSyntaxError& error) {
    return finish(refused(Failure(400, "Invalid JSON: " + error.text() + ".")));
  } catch (const SchemaError& error) {
    return finish(refused(Failure(400, "Invalid data for JSON schema: " + std::string(error.what()) + ".")));
  } catch (const std::exception& error) {
    return typed_response("", error.what(), 503);
  }
}

Response Chain::bare(int status) const {
  return typed_response(typed_ ? route_.produces : std::string_view(), "", status);
}

Response Chain::refused(const Failure& failure) const {
  Response response = failure.message() ? json_response(message_json(*failure.message()), failure.status())
                                        : bare(failure.status());
  if (route_.keep_location) response.location = location_;
  return response;
}

Response Chain::unauthorized(std::string_view realm) const {
  Response response = bare(401);
  response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"" + std::string(realm) + "\"");
  return response;
}

bool Chain::authenticates() const {
  return route_.authentication == Authentication::kAlways ||
         (route_.authentication == Authentication::kWhenOperational &&
          context_.instance.state() == State::kOperational);
}

Chain::Refusal Chain::state() {
  if ((static_cast<States>(context_.instance.state()) & route_.states) != 0) return std::nullopt;
  return json_response(message_json("Service not available"), 412);
}

Chain::Refusal Chain::known_method() {
  if (std::find(kKnownMethods.begin(), kKnownMethods.end(), method()) != kKnownMethods.end())
    return std::nullopt;
  return bare(501);
}

Chain::Refusal Chain::target_length() {
  if (context_.request.target.size() <= kMaxTargetBytes) return std::nullopt;
  return bare(414);
}

Chain::Refusal Chain::allowed_method() {
  const auto methods = split(route_.allow, ',');
  if (std::find(methods.begin(), methods.end(), method()) != methods.end()) return std::nullopt;
  Response response = bare(405);
  response.headers.emplace_back("allow", route_.allow);
  return response;
}

Chain::Refusal Chain::authentication() {
  if (!authenticates()) return std::nullopt;
  const auto header = context_.request.header("Authorization");
  if (!header) return unauthorized("NetHSM");
  constexpr std::string_view kInvalid = "invalid authorization";
  const auto credentials = read_credentials(*header);
  if (!credentials || !user_id_complaint(credentials->user).empty()) return unauthorized(kInvalid);
  const std::string whom = context_.request.remote_address + " " + credentials->user;
  if (context_.instance.user_failures.refuses(whom))
    return json_response(message_json("Too many requests"), 429);
  context_.user = context_.store.find_user(credentials->user);
  if (context_.user && context_.user->passphrase.matches(credentials->passphrase)) return std::nullopt;
  context_.instance.user_failures.note_failure(whom);
  return unauthorized(kInvalid);
}

Chain::Refusal Chain::permission() {
  if (!context_.user) return std::nullopt;
  const std::string name = context_.user_namespace();
  const Roles roles = reads() ? route_.read_roles : route_.write_roles;
  const bool forbidden = (static_cast<Roles>(context_.user->role) & roles) == 0 ||
                         (route_.root_only && !name.empty()) || !context_.store.namespace_exists(name) ||
                         (route_.forbidden != nullptr && route_.forbidden(context_));
  return forbidden ? Refusal(bare(403)) : std::nullopt;
}

Chain::Refusal Chain::known_content_type() {
  // The early check is about bodies only.
  if (reads() || method() == "DELETE" || route_.known_content_type == nullptr) return std::nullopt;
  return route_.known_content_type(context_) ? std::nullopt : Refusal(bare(415));
}

Chain::Refusal Chain::body_length() {
  const auto header = context_.request.header("Content-Length");
  if (!header || route_.body_limit == kNoLimit) return std::nullopt;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), length);
  const bool number = error == std::errc() && end == header->data() + header->size();
  return number && length <= route_.body_limit ? std::nullopt : Refusal(bare(413));
}

Chain::Refusal Chain::acceptable() {
  if (!accepts_type(context_.request, route_.produces)) return bare(406);
  typed_ = true;
  return std::nullopt;
}

Chain::Refusal Chain::acceptable_encoding() {
  return accepts_identity_encoding(context_.request) ? std::nullopt : Refusal(bare(406));
}

Chain::Refusal Chain::existence() {
  exists_ = route_.exists == nullptr || route_.exists(context_);
  return exists_ || method() == "PUT" ? std::nullopt : Refusal(bare(404));
}

const Response& Chain::entity() {
  if (!entity_) entity_ = route_.get(context_);
  return *entity_;
}

std::optional<std::string> Chain::entity_tag() {
  if (!route_.tagged || entity().untagged) return std::nullopt;
  return make_entity_tag(entity().body);
}

Chain::Refusal Chain::conditions() {
  if (!is_conditional(context_.request)) return std::nullopt;
  const auto tag = exists_ ? entity_tag() : std::nullopt;
  const int status = check_conditions(context_.request, exists_, tag);
  if (status == 0) return std::nullopt;
  Response response = bare(status);
  if (tag) response.headers.emplace_back("ETag", *tag);
  return response;
}

Chain::Refusal Chain::content_type() {
  if (creates()) {
    context_.created_id = route_.new_id(context_);
    std::string_view parent = context_.request.raw_path();
    if (route_.creates_beside) parent = parent.substr(0, parent.rfind('/'));
    location_ = std::string(parent) + "/" + context_.created_id;
  }
  if ((method() != "PUT" && !creates()) || route_.accepts.empty()) return std::nullopt;
  const auto range = media_range(context_.request.header("Content-Type").value_or(kOctetStream));
  if (range && std::any_of(route_.accepts.begin(), route_.accepts.end(),
                           [&](std::string_view type) { return media_range_includes(*range, type); }))
    return std::nullopt;
  Response response = bare(415);
  response.location = location_;
  return response;
}

Response Chain::handle() {
  if (reads()) {
    Response response = entity();
    if (const auto tag = entity_tag()) response.headers.emplace_back("ETag", *tag);
    return response;
  }
  const Handler handler = method() == "PUT" ? route_.put : method() == "POST" ? route_.post : route_.del;
  Response response = handler(context_);
  if (response.location.empty()) response.location = location_;
  const bool changed = response.status == 201 || (response.status == 204 && method() != "POST");
  if (changed) context_.instance.metrics.count("kv write");
  return response;
}

Response Chain::finish(Response response) const {
  if (route_.no_cache) response.headers.emplace_back("Cache-control", "no-cache");
  if (typed_) {
    if (response.content_type.empty()) response.content_type = route_.produces;
    response.headers.emplace_back("vary", "Accept, Accept-Encoding, Accept-Charset, Accept-Language");
  }
  return response;
}

}  // namespace

Router::Router(const std::vector<const Route*>& routes) {
  for (const Route* route : routes) {
    Entry entry{route, {}};
    for (const auto segment : split(route->pattern.substr(1), '/')) entry.segments.emplace_back(segment);
    entries_.push_back(std::move(entry));
  }
}

const Route* Router::find(const std::vector<std::string>& segments,
                          std::vector<std::string>& arguments) const {
  const auto matches = [](const std::string& pattern, const std::string& segment) {
    return pattern.front() == '{' || pattern == segment;
  };
  for (const Entry& entry : entries_) {
    if (!std::equal(entry.segments.begin(), entry.segments.end(), segments.begin(), segments.end(), matches))
      continue;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (entry.segments[i].front() == '{') arguments.push_back(segments[i]);
    }
    return entry.route;
  }
  return nullptr;
}

Response answer(const Router& router, Cluster& cluster, Instance& instance, const Request& request,
                const Viewpoint& viewpoint) {
  const auto start = std::chrono::steady_clock::now();
  Context context{request, cluster, instance, cluster.store, viewpoint, instance.profile(), {}, {}, {}};
  const auto segments = path_segments(request.raw_path());
  const Route* route = segments ? router.find(*segments, context.arguments) : nullptr;
  Response response = route == nullptr ? typed_response("", "Not found", 404) : Chain(*route, context).run();
  instance.metrics.count_response(response.status, std::chrono::steady_clock::now() - start);
  return response;
}

}  // namespace nethsm::simulator
