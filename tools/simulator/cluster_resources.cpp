// SPDX-License-Identifier: Apache-2.0
// /cluster: what a device without etcd answers, as the vendor's container does. The instances of a simulator
// share their data without it.
#include <charconv>

#include "simulator/identifier.h"
#include "simulator/json_record.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

// The server reads the number with OCaml's scanf, whose exceptions get out as text.
[[noreturn]] void throw_scan_failure(std::size_t at, const std::string& what) {
  throw Failure(400, "Stdlib.Scanf.Scan_failure(\"scanf: bad input at char number " + std::to_string(at) +
                         ": " + what + "\")");
}

bool member_exists(Context& context) {
  const std::string& id = context.arguments[0];
  check_id(id);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number, 16);
  if (end == id.data())
    throw_scan_failure(0, std::string("character '") + id[0] + "' is not a valid hexadecimal digit");
  if (error == std::errc::result_out_of_range)
    throw_scan_failure(static_cast<std::size_t>(end - id.data()), "Int64.of_string");
  return false;
}

bool has_learners(const Context& context) { return context.profile.diagnose; }

Response list_members(Context& context) {
  return json_response(has_learners(context)
                           ? R"([{"id":"deadbeef","name":"mock","urls":[],"learner":false}])"
                           : R"([{"id":"deadbeef","name":"mock","urls":[]}])");
}

std::vector<std::string> read_urls(const Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.member_req", {"urls"});
  auto urls = record.optional_strings("urls");
  if (!urls) record.complain("urls");
  return *urls;
}

std::string no_id(Context&) { return ""; }

Response add_member(Context& context) {
  read_urls(context);
  if (!context.store.backup_passphrase())
    throw Failure(412, "Please configure a backup key before adding new cluster members");
  throw Failure(400, "cluster error: no etcd");
}

Response refuse_member(Context&) { throw Failure(404); }

Response join(Context& context) {
  const auto body = parse_body(context);
  try {
    const JsonRecord record(body, "Json.join_req", {"members", "joinerKit", "backupPassphrase"});
    if (record.find("joinerKit") == nullptr || !record.find("joinerKit")->is_string())
      record.complain("joiner_kit");
    if (!record.optional_string("backupPassphrase")) throw SchemaError("missing backup passphrase");
  } catch (const SchemaError& error) {
    throw Failure(400, error.what());
  }
  throw Failure(400, "joiner_kit is not of the expected format");
}

Response refuse_force_new(Context&) { throw Failure(412, "Service not available"); }

constexpr Route kRoutes[] = {
    {.pattern = "/cluster/members",
     .allow = "GET,POST",
     .version = Version::kSince4_0,
     .read_roles = kAdministrator,
     .write_roles = kAdministrator,
     .root_only = true,
     .accepts = kAcceptsJson,
     .new_id = no_id,
     .keep_location = true,
     .get = list_members,
     .post = add_member},
    {.pattern = "/cluster/members/{id}",
     .allow = "PUT,DELETE",
     .version = Version::kSince4_0,
     .write_roles = kAdministrator,
     .root_only = true,
     .exists = member_exists,
     .accepts = kAcceptsJson,
     .put = refuse_member,
     .del = refuse_member},
    {.pattern = "/cluster/members/{id}/promote",
     .allow = "POST",
     .version = Version::kSince5_0,
     .write_roles = kAdministrator,
     .root_only = true,
     .exists = member_exists,
     .post = refuse_member},
    {.pattern = "/cluster/join",
     .allow = "POST",
     .version = Version::kSince4_0,
     .no_cache = true,
     .write_roles = kAdministrator,
     .root_only = true,
     .post = join},
    // Only for the state Failed, which a simulator never has.
    {.pattern = "/cluster/force-new",
     .allow = "POST",
     .version = Version::kSince5_0,
     .states = 0,
     .no_cache = true,
     .post = refuse_force_new},
};

}  // namespace

std::span<const Route> cluster_routes() { return kRoutes; }

}  // namespace nethsm::simulator
