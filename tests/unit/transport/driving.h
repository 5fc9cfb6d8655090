// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <memory>
#include <string>

#include "catch.hpp"
#include "transport/connection.h"
#include "unit/transport/scripted_server.h"

// Drives a connection as the cluster's loop does.
namespace nethsm::test {

using transport::Connection;
using transport::Endpoint;
using transport::FailureKind;
using transport::Method;
using transport::Phase;
using transport::Request;
using transport::Response;
using transport::Trust;

inline Endpoint endpoint_of(const std::string& url, Trust trust = {}) {
  auto endpoint = transport::parse_url(url).value();
  endpoint.trust = std::move(trust);
  return endpoint;
}
inline Trust pinned(const Certificate& certificate) { return {{certificate.fingerprint()}, {}, false}; }

inline std::unique_ptr<Connection> connect(const Endpoint& endpoint,
                                           Deadline ready_by = Deadline::after(seconds(10)),
                                           transport::OpenSockets* listed = nullptr) {
  static auto* contexts = new transport::TlsContexts;
  transport::Resolver resolver;
  auto addresses = resolver.resolve(endpoint.host, endpoint.port).value();
  std::shared_ptr<const transport::TlsContext> tls;
  if (endpoint.tls) tls = contexts->get(endpoint.trust).value();
  return std::make_unique<Connection>(Connection::Target{endpoint, std::move(addresses), tls, listed},
                                      ready_by);
}

inline void step(Connection& connection, Deadline deadline) {
  const auto wait = connection.wait();
  pollfd entry{wait.descriptor, wait.events, 0};
  ::poll(&entry, 1, Deadline::at(wait.until).earlier(deadline).left_for_poll());
  connection.advance(entry.revents);
}

// The next answer; nothing if the connection failed, which it also has at the deadline.
inline std::optional<Response> await_answer(Connection& connection,
                                            Deadline deadline = Deadline::after(seconds(10))) {
  while (true) {
    if (auto answer = connection.take_answer()) return answer;
    if (connection.failure() != nullptr) {
      UNSCOPED_INFO(connection.failure()->message);
      return std::nullopt;
    }
    if (deadline.passed()) {
      connection.give_up(FailureKind::kTimeout, "no answer");
      return std::nullopt;
    }
    step(connection, deadline);
  }
}

inline std::optional<Response> exchange(Connection& connection, const Request& request,
                                        Deadline deadline = Deadline::after(seconds(10))) {
  connection.submit(request);
  return await_answer(connection, deadline);
}

inline Request get(std::string path) { return {Method::kGet, std::move(path), nullptr, {}, {}}; }
inline Request post(std::string path, std::string_view body = "{}") {
  return {Method::kPost, std::move(path), nullptr, "application/json", SecretBytes(body.begin(), body.end())};
}

}  // namespace nethsm::test
