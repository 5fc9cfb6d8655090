// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "simulator/simulator.h"
#include "tls_client.h"

// "user:passphrase" of the demo users, as in Basic authorization.
inline constexpr std::string_view kAdmin = "YWRtaW46QWRtaW5pc3RyYXRvcg==";
inline constexpr std::string_view kOperator = "b3BlcmF0b3I6T3BlcmF0b3JPcGVyYXRvcg==";

inline nethsm::simulator::Options demo(unsigned instances = 1) {
  nethsm::simulator::Options options;
  options.demo = true;
  options.instances = instances;
  return options;
}

// One request on a connection of its own; empty: there was no answer.
inline std::string ask(const nethsm::simulator::Simulator& simulator, unsigned instance,
                       std::string_view method, std::string_view path, std::string_view credentials = {},
                       std::string_view body = {}) {
  TlsClient client(simulator.port(instance));
  return client.connected() ? client.request(method, path, credentials, body) : std::string();
}

inline bool has_status(std::string_view answer, std::string_view status) {
  return answer.starts_with("HTTP/1.1 " + std::string(status));
}

inline std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
