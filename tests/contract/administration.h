// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "simulator/simulator.h"
#include "tls_client.h"

namespace nethsm::test {

// What an administrator ("admin:Administrator") does on a device before applications come, over its API.
class Administration {
 public:
  Administration(const simulator::Simulator& device, std::string_view credentials)
      : client_(device.port(0)), credentials_(to_base64(as_bytes(credentials))) {}

  void add_user(std::string_view id, std::string_view role, std::string_view passphrase) {
    put("/users/" + std::string(id), std::string(R"({"realName":"test","role":")") + std::string(role) +
                                         R"(","passphrase":")" + std::string(passphrase) + R"("})");
  }
  void add_namespace(std::string_view id) { put("/namespaces/" + std::string(id), ""); }

 private:
  void put(const std::string& path, const std::string& body) {
    const std::string answer = client_.request("PUT", path, credentials_, body);
    if (answer.find(" 20") != std::string_view("HTTP/1.1").size()) {
      throw std::runtime_error("PUT " + path + ": " + answer);
    }
  }

  TlsClient client_;
  std::string credentials_;
};

}  // namespace nethsm::test
