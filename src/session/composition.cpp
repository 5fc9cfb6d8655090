// SPDX-License-Identifier: Apache-2.0
#include "session/composition.h"

#include <unistd.h>

#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cluster/cluster.h"
#include "config/config.h"
#include "config/load.h"
#include "nethsm/client.h"
#include "token/token.h"
#include "transport/endpoint.h"

namespace nethsm::session {
namespace {

using Refusal = Unexpected<std::string>;

// The vendor's module keeps one connection per processor, which costs a handshake for nearly every request
// where more threads than that wait for devices. So here as many are kept as are at work.
void limit_connections(cluster::InstanceSettings& settings, std::size_t configured) {
  const unsigned processors = std::thread::hardware_concurrency();
  if (configured != 0) {
    settings.max_idle_connections = configured;
  } else if (processors != 0) {
    settings.steady_connections = processors;
  }
}

Result<cluster::InstanceSettings, std::string> instance_settings(const config::Slot& slot,
                                                                 const config::Instance& instance) {
  cluster::InstanceSettings settings;
  settings.endpoint = TRY(transport::parse_url(instance.url));
  settings.endpoint.trust = {instance.sha256_fingerprints, instance.ca_file, instance.danger_insecure_cert};
  if (const auto& keepalive = slot.tcp_keepalive) {
    settings.endpoint.keepalive =
        transport::TcpKeepalive{keepalive->time, keepalive->interval, keepalive->retries};
  }
  limit_connections(settings, instance.max_idle_connections);
  return settings;
}

Result<cluster::Settings, std::string> cluster_settings(const config::Slot& slot, bool threads_allowed) {
  cluster::Settings settings;
  settings.name = slot.label;
  for (const auto& instance : slot.instances) {
    settings.instances.push_back(TRY(instance_settings(slot, instance)));
  }
  if (slot.retries) settings.retries = cluster::Settings::Retries{slot.retries->count, slot.retries->delay};
  if (slot.connect_timeout) settings.connect_timeout = *slot.connect_timeout;
  if (slot.timeout) settings.timeout = *slot.timeout;
  settings.connections_max_idle_duration = slot.connections_max_idle_duration;
  settings.threads_allowed = threads_allowed;
  // Another one in each process: many short-lived ones would all begin with the first.
  settings.first_turn = static_cast<std::size_t>(Clock::now().time_since_epoch().count() + ::getpid());
  return settings;
}

std::optional<token::Settings::User> user(const std::optional<config::User>& configured) {
  if (!configured) return std::nullopt;
  return token::Settings::User{configured->username, configured->password};
}

Result<token::Settings, std::string> token_settings(const config::Slot& slot) {
  token::Settings settings;
  settings.label = slot.label;
  settings.operator_user = user(slot.operator_user);
  settings.administrator_user = user(slot.administrator_user);
  if (slot.certificate_format == config::CertificateFormat::kDer) {
    settings.certificate_format = token::CertificateFormat::kDer;
  }
  if (slot.enable_bip340) settings.withheld_mechanisms = {};
  if (slot.cache_lifetime) settings.cache_lifetime = *slot.cache_lifetime;
  for (const std::string& name : slot.hide_key_types) {
    const auto type = api::parse_key_type(name);
    if (!type) return Refusal("hide_key_types: NetHSM has no key type \"" + name + "\"");
    settings.hide_key_types.push_back(*type);
  }
  return settings;
}

Result<std::shared_ptr<token::Token>, std::string> make_token(const config::Slot& slot, bool threads_allowed,
                                                              HandleSources& handles) {
  auto cluster = std::make_shared<cluster::Cluster>(TRY(cluster_settings(slot, threads_allowed)));
  return std::make_shared<token::Token>(
      TRY(token_settings(slot)), std::make_shared<api::Client>(std::move(cluster)), handles.next_object);
}

Result<std::shared_ptr<Library>, std::string> make_library(const config::Config& config, bool threads_allowed,
                                                           HandleSources& handles) {
  std::vector<std::shared_ptr<token::Token>> tokens;
  for (const auto& slot : config.slots) {
    auto token = make_token(slot, threads_allowed && !config.disable_threads, handles);
    if (!token) return Refusal("slot \"" + slot.label + "\": " + token.error());
    tokens.push_back(std::move(*token));
  }
  return std::make_shared<Library>(std::move(tokens), handles);
}

std::string lines(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem;
  return text;
}

// Tells the user all of it; what is left for the caller's one line is where to look.
Refusal refused(const std::string& reasons) {
  log::report_refusal(reasons);
  return Refusal("the configuration is refused, for the reasons logged before this line");
}

Result<ConfigurationPtr, std::string> configuration(const Configuration* inherited) {
  auto loaded = config::load();
  if (loaded) {
    log::configure(loaded->config.logging);
    for (const auto& notice : loaded->notices) log::warn("%s", notice.c_str());
    return ConfigurationPtr(new Configuration(std::move(loaded->config)));
  }
  const std::string problems = lines(loaded.error().problems);
  if (!loaded.error().out_of_reach || inherited == nullptr) return refused(problems);
  log::configure(inherited->logging);
  log::info("using the parent process's configuration: %s", problems.c_str());
  return ConfigurationPtr(new Configuration(*inherited));
}

}  // namespace

void ConfigurationDeleter::operator()(const Configuration* configuration) const { delete configuration; }

Result<Started, std::string> start(const StartOptions& options, HandleSources& handles) {
  ConfigurationPtr configured = TRY(configuration(options.inherited));
  auto library = make_library(*configured, options.threads_allowed, handles);
  if (!library) return refused(library.error());
  return Started{std::move(configured), std::move(*library)};
}

}  // namespace nethsm::session
