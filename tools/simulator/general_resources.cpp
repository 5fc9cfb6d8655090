// SPDX-License-Identifier: Apache-2.0
// /info, /health, /metrics, /provision, /unlock, /lock, /random.
#include "simulator/json_record.h"
#include "simulator/provisioning.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

constexpr std::int64_t kMaxRandomBytes = 1024;

Response get_info(Context&) { return json_response(R"({"vendor":"Nitrokey GmbH","product":"NetHSM"})"); }

Response get_nothing(Context&) { return json_response(""); }

Response get_state(Context& context) {
  return json_response(R"({"state":")" + std::string(state_name(context.instance.state())) + R"("})");
}

// A device without etcd, as the vendor's container is.
Response get_diagnosis(Context&) {
  return json_response(
      R"({"clusterLogs":[{"level":"error","msg":"Mock: no etcd"}],"clusterState":{"running":false}})");
}

Response get_metrics(Context& context) { return json_response(context.instance.metrics.json()); }

Response provision(Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.provision_req", {"unlockPassphrase", "adminPassphrase", "systemTime"});
  const std::string time = record.string("systemTime");
  const std::string admin = record.string("adminPassphrase");
  const std::string unlock = record.string("unlockPassphrase");
  check_passphrase("unlockPassphrase", unlock);
  check_passphrase("adminPassphrase", admin);
  try {
    provision_cluster(context.cluster, unlock, admin, parse_timestamp(time));
  } catch (const TimestampError& error) {
    throw Failure(400, error.what());
  }
  context.instance.metrics.count("kv write");
  return no_content();
}

Response unlock(Context& context) {
  const auto body = parse_body(context);
  RateLimit& failures = context.instance.unlock_failures;
  const std::string& whom = context.request.remote_address;
  if (failures.refuses(whom)) throw Failure(429, "Service unavailable: too many requests");
  try {
    const std::string passphrase =
        JsonRecord(body, "Json.passphrase_req", {"passphrase"}).string("passphrase");
    check_passphrase("passphrase", passphrase);
    const auto expected = context.instance.unlock_passphrase();
    if (!expected || !expected->matches(passphrase)) throw Failure(403, "not authenticated");
  } catch (const std::exception&) {
    // What does not fit the schema counts as well.
    failures.note_failure(whom);
    throw;
  }
  context.instance.set_state(State::kOperational);
  return no_content();
}

Response lock(Context& context) {
  context.instance.set_state(State::kLocked);
  return no_content();
}

Response random(Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.random_req", {"length"});
  record.required("length");
  const std::int64_t length = record.integer_or("length", 0);
  if (length < 1 || length > kMaxRandomBytes) throw SchemaError("length must be between 1 and 1024");
  const Bytes bytes = random_bytes(static_cast<std::size_t>(length));
  return json_response(R"({"random":")" + base64_encode(bytes) + R"("})");
}

constexpr std::string_view kRead = "GET,HEAD";

constexpr Route kRoutes[] = {
    {.pattern = "/info",
     .allow = kRead,
     .states = kAnyState,
     .authentication = Authentication::kNone,
     .tagged = true,
     .get = get_info},
    {.pattern = "/health/alive",
     .allow = kRead,
     .states = kUnprovisioned | kLocked,
     .no_cache = true,
     .authentication = Authentication::kNone,
     .get = get_nothing},
    {.pattern = "/health/ready",
     .allow = kRead,
     .no_cache = true,
     .authentication = Authentication::kNone,
     .get = get_nothing},
    {.pattern = "/health/state",
     .allow = kRead,
     .states = kAnyState,
     .no_cache = true,
     .authentication = Authentication::kNone,
     .get = get_state},
    {.pattern = "/health/diagnose",
     .allow = kRead,
     .version = Version::kSince5_0,
     .states = kAnyState,
     .no_cache = true,
     .authentication = Authentication::kWhenOperational,
     .read_roles = kAdministrator,
     .root_only = true,
     .get = get_diagnosis},
    {.pattern = "/metrics", .allow = kRead, .no_cache = true, .read_roles = kMetrics, .get = get_metrics},
    {.pattern = "/provision",
     .allow = "POST",
     .states = kUnprovisioned,
     .no_cache = true,
     .authentication = Authentication::kNone,
     .post = provision},
    {.pattern = "/unlock",
     .allow = "POST",
     .states = kLocked,
     .no_cache = true,
     .authentication = Authentication::kNone,
     .post = unlock},
    {.pattern = "/lock",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator,
     .root_only = true,
     .post = lock},
    {.pattern = "/random", .allow = "POST", .no_cache = true, .write_roles = kOperator, .post = random},
};

}  // namespace

std::span<const Route> general_routes() { return kRoutes; }

}  // namespace nethsm::simulator
