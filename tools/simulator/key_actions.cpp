// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_actions.h"

#include <algorithm>

#include "simulator/json_record.h"
#include "simulator/key_crypto.h"

namespace nethsm::simulator {
namespace {

constexpr std::int64_t kMinRsaBits = 1024;
constexpr std::int64_t kMinGenericBits = 128;
constexpr std::int64_t kMaxBits = 8192;

Bytes decode_data(std::string_view text) {
  try {
    return base64_decode(text);
  } catch (const Base64Error& error) {
    throw KeyRefused(std::string("Couldn't decode data from base64: ") + error.what() + ".");
  }
}

// Line feeds may be anywhere in the data, but not in an IV.
Bytes decode_folded_data(std::string text) {
  std::erase(text, '\n');
  return decode_data(text);
}

std::string member(std::string_view name, std::span<const std::uint8_t> data) {
  return "\"" + std::string(name) + "\":\"" + base64_encode(data) + "\"";
}

std::string_view disallowed_text(Use use) {
  switch (use) {
    case Use::kSign:
      return "Key mechanisms do not allow requested signing.";
    case Use::kDecrypt:
      return "Key mechanisms do not allow requested decryption.";
    case Use::kEncrypt:
      return "Key mechanisms do not allow requested encryption.";
  }
  return {};
}

std::string result_json(const KeyMaterial& key, const UseRequest& request, const Bytes& data,
                        const std::optional<Bytes>& iv) {
  switch (request.mechanism->use) {
    case Use::kSign:
      return "{" + member("signature", sign(key, *request.mechanism, data)) + "}";
    case Use::kDecrypt:
      return "{" + member("decrypted", decrypt(key, *request.mechanism, data, iv)) + "}";
    case Use::kEncrypt:
      break;
  }
  const Encrypted encrypted = encrypt(key, *request.mechanism, data, iv);
  return "{" + member("encrypted", encrypted.data) + "," + member("iv", encrypted.iv) + "}";
}

}  // namespace

std::string key_id_json(std::string_view id) { return "{\"id\":" + json_string(id) + "}"; }

std::string key_list_json(const std::vector<std::string>& ids) {
  std::string json = "[";
  for (const std::string& id : ids) {
    if (json.size() > 1) json += ',';
    json += key_id_json(id);
  }
  return json + "]";
}

std::string key_json(const KeyRecord& key) {
  std::string json = "{\"mechanisms\":[";
  for (const Mechanism& mechanism : kMechanisms) {
    if (!key.mechanisms.contains(mechanism)) continue;
    if (json.back() == '"') json += ',';
    append_json_string(json, mechanism.name);
  }
  json += "],\"type\":";
  append_json_string(json, key_type_row(key.material->type()).name);
  json += ",\"operations\":" + std::to_string(key.operations->load());
  if (const std::string& part = key.material->public_json(); !part.empty()) json += ",\"public\":" + part;
  json += ",\"restrictions\":{";
  const char* separator = "\"tags\":[";
  for (const std::string& tag : key.tags) {
    json += separator;
    append_json_string(json, tag);
    separator = ",";
  }
  json += key.tags.empty() ? "}" : "]}";
  if (!key.label.empty()) json += ",\"label\":" + json_string(key.label);
  return json + "}";
}

void add_key(const KeyView& keys, std::string_view id, KeyAttributes attributes, KeyMaterialPtr material) {
  KeyRecord key;
  key.mechanisms = attributes.mechanisms;
  key.material = std::move(material);
  key.tags = std::move(attributes.tags);
  key.label = std::move(attributes.label);
  if (!keys.insert(id, std::move(key))) {
    throw KeyRefused("Key with id " + std::string(id) + " already exists");
  }
}

void check_generate_request(const GenerateRequest& request) {
  if (request.type == KeyType::kRsa && (request.length < kMinRsaBits || request.length > kMaxBits)) {
    throw KeyRefused("RSA key length must be between 1024 and 8192.");
  }
  const bool all_fit = std::all_of(kMechanisms.begin(), kMechanisms.end(), [&](const Mechanism& mechanism) {
    return !request.attributes.mechanisms.contains(mechanism) || fits(request.type, mechanism);
  });
  if (!all_fit) throw KeyRefused("Mechanism does not match key type");
  if (request.attributes.mechanisms.empty()) throw KeyRefused("Empty set of mechanisms");
}

void check_generic_length(const GenerateRequest& request) {
  if (request.type == KeyType::kGeneric && (request.length < kMinGenericBits || request.length > kMaxBits)) {
    throw KeyRefused("Length must be between 128 and 8192.");
  }
}

std::string use_key(const KeyRecord& key, Use use, const UseRequest& request,
                    const std::set<std::string>& tags) {
  if (!key.usable_with(tags)) throw TagsNotMet();
  const Bytes data = decode_folded_data(request.data);
  std::optional<Bytes> iv;
  if (request.iv) iv = decode_data(*request.iv);
  if (!key.mechanisms.contains(*request.mechanism)) throw KeyRefused(std::string(disallowed_text(use)));
  std::string json = result_json(*key.material, request, data, iv);
  key.operations->fetch_add(1);
  return json;
}

}  // namespace nethsm::simulator
