// SPDX-License-Identifier: Apache-2.0
// /config: passphrases, unattended boot, network, logging, time. Stored and told again, without effect.
#include <algorithm>
#include <array>

#include "simulator/ip_address.h"
#include "simulator/json_record.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

struct PassphraseChange {
  std::string current;
  std::string next;
};

PassphraseChange read_passphrase_change(const Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.passphrase_change_req", {"newPassphrase", "currentPassphrase"});
  PassphraseChange change;
  change.current = record.string("currentPassphrase");
  change.next = record.string("newPassphrase");
  check_passphrase("passphrase", change.next);
  return change;
}

Response put_unlock_passphrase(Context& context) {
  const PassphraseChange change = read_passphrase_change(context);
  const auto current = context.instance.unlock_passphrase();
  if (!current || !current->matches(change.current)) throw Failure(403, "unlock passphrase is incorrect.");
  context.instance.set_unlock_passphrase(SlowPassphrase::of(change.next));
  return no_content();
}

Response put_backup_passphrase(Context& context) {
  const PassphraseChange change = read_passphrase_change(context);
  const auto current = context.store.backup_passphrase();
  // The first one replaces "nothing", which the client says with an empty text.
  const bool correct = current ? current->matches(change.current) : change.current.empty();
  if (!correct) throw Failure(403, "backup passphrase is incorrect.");
  context.store.set_backup_passphrase(SlowPassphrase::of(change.next));
  return no_content();
}

Response get_unattended_boot(Context& context) {
  return json_response(context.instance.settings().unattended_boot ? R"({"status":"on"})"
                                                                   : R"({"status":"off"})");
}

Response put_unattended_boot(Context& context) {
  const auto body = parse_body(context);
  if (!body.is_object() || body.size() != 1 || !body.contains("status"))
    throw SchemaError("Invalid status data, expected a dictionary with one entry 'status'.");
  const auto& status = body["status"];
  if (status != "on" && status != "off") throw SchemaError("Invalid status data, expected 'on' or 'off'.");
  Settings settings = context.instance.settings();
  settings.unattended_boot = status == "on";
  context.instance.set_settings(settings);
  return no_content();
}

std::string read_ip_text(const nlohmann::json& value) {
  if (!value.is_string()) throw SchemaError("expected string for IP");
  return value.get<std::string>();
}

// The member "ipv6" as it is told again; empty if there is none.
std::string read_ipv6_settings(const nlohmann::json* value) {
  if (value == nullptr || value->is_null()) return {};
  const JsonRecord record(*value, "Json.network_v6", {"cidr", "gateway"});
  const auto& gateway = record.required("gateway");
  const std::string router = gateway.is_null() ? "null" : json_string(canonical_ipv6(read_ip_text(gateway)));
  const std::string prefix = canonical_ipv6_prefix(read_ip_text(record.required("cidr")));
  return R"(,"ipv6":{"cidr":)" + json_string(prefix) + R"(,"gateway":)" + router + "}";
}

Response put_network(Context& context) {
  const bool ipv6 = context.profile.ipv6;
  const auto body = parse_body(context);
  const JsonRecord record(body, ipv6 ? "Json.network_api" : "Json.network",
                          {"ipAddress", "netmask", "gateway", ipv6 ? "ipv6" : "gateway"});
  const std::string ipv6_member = read_ipv6_settings(record.find("ipv6"));
  const std::uint32_t gateway = parse_ipv4(read_ip_text(record.required("gateway")));
  const std::uint32_t netmask = parse_ipv4(read_ip_text(record.required("netmask")));
  const std::uint32_t address = parse_ipv4(read_ip_text(record.required("ipAddress")));
  if (!is_netmask(netmask)) {
    const std::string complaint = "Ipaddr: invalid netmask";
    throw Failure(400, ipv6 ? complaint : "error parsing network configuration: " + complaint);
  }
  Settings settings = context.instance.settings();
  settings.network = R"({"ipAddress":")" + format_ipv4(address) + R"(","netmask":")" + format_ipv4(netmask) +
                     R"(","gateway":")" + format_ipv4(gateway) + "\"" + ipv6_member + "}";
  // Before 4.0 the server stored a gateway outside of the network but could not read it again.
  if (!ipv6 && gateway != 0 && ((gateway ^ address) & netmask) != 0) settings.network = Settings().network;
  context.instance.set_settings(settings);
  return no_content();
}

Response get_network(Context& context) { return json_response(context.instance.settings().network); }

std::string read_log_level(const nlohmann::json& value) {
  constexpr std::array<std::string_view, 5> kLevels = {"app", "debug", "info", "warning", "error"};
  if (!value.is_string()) throw SchemaError("expected string as log level");
  auto level = value.get<std::string>();
  if (std::find(kLevels.begin(), kLevels.end(), level) == kLevels.end())
    throw SchemaError("\"" + level + "\": unknown log level");
  return level;
}

Response put_logging(Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.log", {"ipAddress", "port", "logLevel"});
  const std::string level = read_log_level(record.required("logLevel"));
  record.required("port");
  std::int64_t port = record.integer_or("port", 0);  // any number is taken
  if (!context.profile.ipv6) port &= 0xffff;         // that much was stored
  const std::string text = read_ip_text(record.required("ipAddress"));
  const std::string address = context.profile.ipv6 ? canonical_ip(text) : format_ipv4(parse_ipv4(text));
  Settings settings = context.instance.settings();
  settings.logging = R"({"ipAddress":")" + address + R"(","port":)" + std::to_string(port) +
                     R"(,"logLevel":")" + level + R"("})";
  context.instance.set_settings(settings);
  return no_content();
}

Response get_logging(Context& context) { return json_response(context.instance.settings().logging); }

Response get_time(Context& context) {
  return json_response(R"({"time":")" + format_timestamp(context.instance.time()) + R"("})");
}

Response put_time(Context& context) {
  const auto body = parse_body(context);
  const std::string time = JsonRecord(body, "Json.time_req", {"time"}).string("time");
  try {
    context.instance.set_time(parse_timestamp(time));
  } catch (const TimestampError& error) {
    throw SchemaError(error.what());
  }
  return no_content();
}

// All settings are the root Administrators' business.
constexpr Route setting(std::string_view pattern, std::string_view allow, Handler get, Handler put) {
  return {.pattern = pattern,
          .allow = allow,
          .read_roles = kAdministrator,
          .write_roles = kAdministrator,
          .root_only = true,
          .accepts = kAcceptsJson,
          .get = get,
          .put = put};
}
constexpr Route uncached(Route route) {
  route.no_cache = true;
  return route;
}

constexpr Route kRoutes[] = {
    uncached(setting("/config/unlock-passphrase", "PUT", nullptr, put_unlock_passphrase)),
    uncached(setting("/config/backup-passphrase", "PUT", nullptr, put_backup_passphrase)),
    setting("/config/unattended-boot", "GET,PUT", get_unattended_boot, put_unattended_boot),
    setting("/config/network", "GET,PUT", get_network, put_network),
    setting("/config/logging", "GET,PUT", get_logging, put_logging),
    uncached(setting("/config/time", "GET,PUT", get_time, put_time)),
};

}  // namespace

std::span<const Route> config_routes() { return kRoutes; }

}  // namespace nethsm::simulator
