// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attribute_list.h"
#include "simulator/simulator.h"
#include "token/token.h"

namespace nethsm::token {

inline constexpr std::string_view kOperatorPassphrase = "OperatorOperator";
inline constexpr std::string_view kAdministratorPassphrase = "Administrator";
inline constexpr CK_SESSION_HANDLE kSession = 7, kOtherSession = 8;  // that session objects end with

// A token over a simulated NetHSM, and the requests that it makes.
struct SimulatedToken {
  using Change = std::function<void(Settings&)>;
  // Both users with their passwords, unless `change` says otherwise.
  explicit SimulatedToken(const Change& change = {}, simulator::Profile profile = simulator::Profile::kV5_0)
      : device(std::make_shared<simulator::Simulator>(options(profile))), token(make_token(change)) {
    device->clear_requests();
  }

  static simulator::Options options(simulator::Profile profile) {
    simulator::Options options;
    options.profile = profile;
    options.demo = true;
    return options;
  }

  // A second application on the same device.
  std::unique_ptr<Token> make_token(const Change& change = {}) {
    Settings settings;
    settings.label = "test";
    settings.operator_user = {"operator", Secret(kOperatorPassphrase)};
    settings.administrator_user = {"admin", Secret(kAdministratorPassphrase)};
    if (change) change(settings);
    return std::make_unique<Token>(std::move(settings), make_client(), next_handle);
  }

  std::shared_ptr<api::Client> make_client() const {
    cluster::Settings settings;
    settings.name = "test";
    settings.threads_allowed = false;
    auto endpoint = transport::parse_url(device->url(0));
    REQUIRE(endpoint);
    const auto pin = from_hex(device->fingerprint(0));
    REQUIRE(pin);
    std::ranges::copy(*pin, endpoint->trust.pins.emplace_back().begin());
    settings.instances.push_back({*endpoint, 10});
    return std::make_shared<api::Client>(std::make_shared<cluster::Cluster>(std::move(settings)));
  }

  // "GET /keys" and so on, since the last call; without the API's base path.
  std::vector<std::string> requests() const {
    std::vector<std::string> lines;
    for (const auto& record : device->requests()) {
      const auto path = record.path.starts_with("/api/v1") ? record.path.substr(7) : record.path;
      lines.push_back(record.method + " " + path);
    }
    device->clear_requests();
    return lines;
  }

  CK_OBJECT_HANDLE only(const AttributeList& wanted) const {
    const auto found = token->find(wanted.view());
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    return found->front();
  }
  std::size_t count(const AttributeList& wanted) const {
    const auto found = token->find(wanted.view());
    REQUIRE(found);
    return found->size();
  }
  Bytes value(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type) const {
    const auto object = token->object(handle);
    REQUIRE(object);
    const auto value = attribute_value(**object, type);
    REQUIRE(value);
    return *value;
  }

  Token::KeyPair generate(std::string_view id, std::string_view label = {}) const {
    AttributeList public_key, private_key;
    public_key.hex(CKA_EC_PARAMS, "06082a8648ce3d030107");
    private_key.token();
    if (!id.empty()) private_key.text(CKA_ID, id);
    if (!label.empty()) private_key.text(CKA_LABEL, label);
    const auto pair = token->generate_key_pair({CKM_EC_KEY_PAIR_GEN, nullptr, 0}, public_key.view(),
                                               private_key.view(), kSession);
    REQUIRE(pair);
    return *pair;
  }

  std::atomic<CK_OBJECT_HANDLE> next_handle{1};
  std::shared_ptr<simulator::Simulator> device;
  std::unique_ptr<Token> token;
};

inline AttributeList with_id(std::string_view id) {
  AttributeList list;
  list.text(CKA_ID, id);
  return list;
}
// Keys and certificates: what the token has besides its descriptions of itself.
inline AttributeList all_stored() {
  AttributeList list;
  list.boolean(CKA_MODIFIABLE, true);
  return list;
}
inline AttributeList of_class(CK_OBJECT_CLASS object_class) {
  AttributeList list;
  list.object_class(object_class);
  return list;
}

}  // namespace nethsm::token
