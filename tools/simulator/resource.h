// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/failure.h"
#include "simulator/http_message.h"
#include "simulator/instance.h"
#include "simulator/profile.h"
#include "simulator/store.h"

namespace nethsm::simulator {

// How to add a resource: write a Route into the table of its topic (routes.h lists the tables). chain.cpp
// goes through the checks in the server's order with nothing but the row, and calls the handler of the method
// when all have passed. A handler returns the Response; to refuse, it throws Failure(status, message).
// JsonSyntaxError, SchemaError (see parse_body) and ServerException become the server's answers in the chain.

// Sets of small enumerations.
using States = std::uint8_t;
inline constexpr States kUnprovisioned = 1, kLocked = 2, kOperational = 4, kAnyState = 7;
using Roles = std::uint8_t;
inline constexpr Roles kNobody = 0;
inline constexpr Roles kAdministrator = static_cast<Roles>(Role::kAdministrator);
inline constexpr Roles kOperator = static_cast<Roles>(Role::kOperator);
inline constexpr Roles kMetrics = static_cast<Roles>(Role::kMetrics);
inline constexpr Roles kBackup = static_cast<Roles>(Role::kBackup);

enum class Authentication : std::uint8_t { kNone, kAlways, kWhenOperational };
enum class Version : std::uint8_t { kAll, kSince4_0, kSince5_0 };

// One request on its way through the chain. Lives on the stack of the connection's thread.
struct Context {
  const Request& request;
  Cluster& cluster;
  Instance& instance;   // that was asked
  Store& store;         // of the cluster
  Viewpoint viewpoint;  // of the instance
  const ProfileFacts& profile;
  std::vector<std::string> arguments;  // what stands in the path for the {...} of the pattern, in order
  std::optional<User> user;            // set after authentication, for resources that need it
  std::string created_id;              // of a creating POST: what Route::new_id returned

  std::string user_namespace() const { return namespace_of(user->id); }
  // The keys of the user's namespace; the chain has checked that it exists, a deletion meanwhile is a 403.
  KeyView keys() const;
};

using Handler = Response (*)(Context&);

struct Route {
  std::string_view pattern;  // below /api/v1: "/keys/{id}/sign"; the first row that matches counts
  std::string_view allow;    // the methods, in the order of the allow header: "POST,GET"
  Version version = Version::kAll;
  States states = kOperational;
  bool no_cache = false;  // Cache-Control: no-cache on every answer
  Authentication authentication = Authentication::kAlways;
  Roles read_roles = kNobody;                            // for GET and HEAD
  Roles write_roles = kNobody;                           // for PUT, POST, DELETE
  bool root_only = false;                                // users of namespaces are refused
  bool (*forbidden)(const Context&) = nullptr;           // a further rule of this resource: true = 403
  bool (*known_content_type)(const Context&) = nullptr;  // early check: false = 415
  std::size_t body_limit = 1024 * 1024;                  // of Content-Length; kNoLimit
  std::string_view produces = kJson;
  bool (*exists)(Context&) = nullptr;  // null: always does. May throw Failure(400, ...) about ids in the path
  bool tagged = false;                 // has an ETag: the digest of what `get` answers
  // Media types that PUT and creating POST take; empty: not checked. No Content-Type counts as octet-stream.
  std::span<const std::string_view> accepts = {};
  // Makes POST a creating one: Location is the request path, a slash and this id; it is set before the
  // Content-Type is checked, so refusals carry it too.
  std::string (*new_id)(Context&) = nullptr;
  bool creates_beside = false;  // Location replaces the last segment of the path instead of adding one
  bool keep_location = false;   // the handler's refusals carry the Location, too
  Handler get = nullptr;        // also for HEAD
  Handler put = nullptr;
  Handler post = nullptr;
  Handler del = nullptr;
};
inline constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);
inline constexpr std::size_t kCryptoLimit = 67 * 1024 * 1024;

inline constexpr std::string_view kAcceptsJson[] = {kJson};
// What PUTs that ignore their body take.
inline constexpr std::string_view kAcceptsNothing[] = {kJson, kOctetStream};

// Answers of handlers.
Response no_content();                                       // 204
Response json_response(std::string json, int status = 200);  // the text as it is
Response typed_response(std::string_view content_type, std::string body, int status = 200);
// 304 for a change that changes nothing.
Response not_modified(const Context& context);
std::string message_json(std::string_view message);  // {"message":"..."}

// Parses the body; on bad syntax throws JsonSyntaxError, which the chain answers.
nlohmann::json parse_body(const Context& context);

}  // namespace nethsm::simulator
