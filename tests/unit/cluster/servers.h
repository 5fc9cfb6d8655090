// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "unit/transport/scripted_server.h"

// Clusters of scripted servers.
namespace nethsm::test {

using cluster::Cluster;
using cluster::InstanceIndex;
using cluster::Outcome;
using cluster::RequestClass;
using cluster::Settings;
using Kind = cluster::Failure::Kind;

// Settings for servers with plain http, or pinned certificates.
inline Settings settings_for(const std::vector<ScriptedServer*>& servers,
                             const Certificate* certificate = nullptr) {
  Settings settings;
  settings.name = "test";
  for (const auto* server : servers) {
    auto& instance = settings.instances.emplace_back();
    instance.endpoint = transport::parse_url(server->url()).value();
    if (certificate != nullptr) instance.endpoint.trust.pins = {certificate->fingerprint()};
  }
  return settings;
}

inline cluster::Request read_request(std::string path) {
  cluster::Request request;
  request.http.path = std::move(path);
  return request;
}

inline cluster::Request post_request(RequestClass request_class, std::string path) {
  cluster::Request request;
  request.http.method = transport::Method::kPost;
  request.http.path = std::move(path);
  request.http.content_type = "application/json";
  request.http.body = SecretBytes{'{', '}'};
  request.request_class = request_class;
  return request;
}
inline cluster::Request use_request(std::string path = "/keys/k/sign") {
  return post_request(RequestClass::kUse, std::move(path));
}
inline cluster::Request write_request(std::string path = "/keys/generate") {
  return post_request(RequestClass::kWrite, std::move(path));
}

// What health checks ask for, and how often a server has been asked.
inline constexpr const char* kReady = "/api/v1/health/ready";
inline std::size_t checks_of(const ScriptedServer& server) {
  const auto requests = server.requests();
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(), [](auto& request) { return request.path == kReady; }));
}

// A port on which nobody listens.
inline std::string url_of_nobody() {
  ScriptedServer server({}, echo_path);
  return server.url();
}

template <class Condition>
bool comes_true(Condition&& condition, seconds limit = seconds(20)) {
  const auto deadline = Deadline::after(limit);
  while (!condition()) {
    if (deadline.passed()) return false;
    ::usleep(5000);
  }
  return true;
}

// Closes each connection after it has read a request, without an answer.
inline void never_answer(Peer& peer) { peer.read(); }

}  // namespace nethsm::test
