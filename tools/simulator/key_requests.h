// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "simulator/csr.h"
#include "simulator/key_material.h"

namespace nethsm::simulator {

// The JSON bodies of the requests about keys, as C++ values. All readers throw SchemaError; those that look
// into key material also throw KeyRefused. Labels exist only where `labels` is true (since 5.0).

struct KeyAttributes {
  MechanismSet mechanisms;
  std::set<std::string> tags;
  std::string label;
};

struct ImportRequest {
  KeyAttributes attributes;
  PrivateKeyValues values;
};
ImportRequest read_import_request(const nlohmann::json& body, bool labels);
// The JSON part of a multipart import; the key comes in PEM.
KeyAttributes read_pem_import_request(const nlohmann::json& body, bool labels);

struct GenerateRequest {
  KeyAttributes attributes;
  KeyType type = KeyType::kGeneric;
  std::int64_t length = 0;  // bits
  std::string id;           // empty: the server chooses
};
GenerateRequest read_generate_request(const nlohmann::json& body, bool labels);

struct UseRequest {
  const Mechanism* mechanism = nullptr;
  std::string data;  // base64: the message or what was encrypted
  std::optional<std::string> iv;
};
UseRequest read_use_request(const nlohmann::json& body, Use use);

CsrSubject read_csr_request(const nlohmann::json& body);
std::string read_move_request(const nlohmann::json& body);
std::string read_label_request(const nlohmann::json& body);

// The complaint about a text that cannot be a label; empty if it can.
std::string_view label_complaint(std::string_view label);

}  // namespace nethsm::simulator
