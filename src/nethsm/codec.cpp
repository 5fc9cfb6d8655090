// SPDX-License-Identifier: Apache-2.0
#include "nethsm/codec.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace nethsm::api::codec {
namespace {

using Json = nlohmann::json;

std::optional<Json> parse(std::string_view body) {
  auto json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::optional<std::string> text_member(const Json& object, const char* name) {
  if (!object.is_object()) return std::nullopt;
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<Bytes> bytes_member(const Json& object, const char* name) {
  const auto text = text_member(object, name);
  return text ? from_base64(*text) : std::nullopt;
}

template <class Value, std::size_t N>
std::optional<Value> word_member(std::string_view body, const char* name,
                                 const std::array<std::pair<std::string_view, Value>, N>& words,
                                 Value otherwise) {
  const auto json = parse(body);
  const auto text = json ? text_member(*json, name) : std::nullopt;
  if (!text) return std::nullopt;
  for (const auto& [word, value] : words) {
    if (word == *text) return value;
  }
  return otherwise;
}

std::optional<std::variant<Bytes, RsaPublic>> public_part(KeyType type, const Json& json) {
  if (type == KeyType::kGeneric) return Bytes{};
  const auto member = json.find("public");
  if (member == json.end()) return std::nullopt;
  if (type == KeyType::kRsa) {
    auto modulus = bytes_member(*member, "modulus");
    auto exponent = bytes_member(*member, "publicExponent");
    if (!modulus || !exponent || modulus->empty() || exponent->empty()) return std::nullopt;
    return RsaPublic{std::move(*modulus), std::move(*exponent)};
  }
  auto data = bytes_member(*member, "data");
  if (!data || data->empty()) return std::nullopt;
  return std::move(*data);
}

// {"name":"text","name":"text"}, as the device writes it: without blanks, and no text needs an escape. Gives
// the text of the wanted member, which may be anything without a quotation mark, where all of the document is
// of this kind; any other is for a parser.
std::optional<std::string_view> plain_text_member(std::string_view body, std::string_view wanted) {
  const auto skip = [&](char c) {
    if (body.empty() || body.front() != c) return false;
    body.remove_prefix(1);
    return true;
  };
  const auto text = [&]() -> std::optional<std::string_view> {
    if (!skip('"')) return std::nullopt;
    const auto found = body.substr(0, body.find('"'));
    body.remove_prefix(found.size());
    return skip('"') ? std::optional(found) : std::nullopt;
  };
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '\\'; };
  std::optional<std::string_view> found;
  char before = '{';
  while (skip(std::exchange(before, ','))) {
    const auto name = text();
    if (!name || !skip(':')) return std::nullopt;
    const auto value = text();
    if (!value) return std::nullopt;
    if (*name != wanted) {
      if (!std::ranges::all_of(*name, is_plain) || !std::ranges::all_of(*value, is_plain))
        return std::nullopt;
    } else if (std::exchange(found, value)) {
      return std::nullopt;
    }
  }
  return body == "}" ? found : std::nullopt;
}

bool is_unreserved(char c) {  // RFC 3986 §2.3
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

std::vector<std::string> tags_of(const Json& json) {
  std::vector<std::string> tags;
  const auto restrictions = json.find("restrictions");
  if (restrictions == json.end() || !restrictions->is_object()) return tags;
  const auto list = restrictions->find("tags");
  if (list == restrictions->end() || !list->is_array()) return tags;
  for (const auto& tag : *list) {
    if (tag.is_string()) tags.push_back(tag.get<std::string>());
  }
  return tags;
}

}  // namespace

std::optional<Key> key(std::string_view id, std::string_view body) {
  const auto json = parse(body);
  const auto type_name = json ? text_member(*json, "type") : std::nullopt;
  const auto type = type_name ? parse_key_type(*type_name) : std::nullopt;
  if (!type) return std::nullopt;
  auto material = public_part(*type, *json);
  if (!material) return std::nullopt;

  Key key;
  key.id = id;
  key.type = *type;
  key.public_part = std::move(*material);
  key.label = text_member(*json, "label").value_or("");
  key.tags = tags_of(*json);
  if (const auto list = json->find("mechanisms"); list != json->end() && list->is_array()) {
    for (const auto& name : *list) {
      // A mechanism that this module does not know cannot be used through it; the key's others can.
      const auto mechanism = name.is_string() ? parse_mechanism(name.get<std::string>()) : std::nullopt;
      if (mechanism) key.mechanisms.add(*mechanism);
    }
  }
  return key;
}

std::optional<std::vector<std::string>> key_ids(std::string_view body) {
  const auto json = parse(body);
  if (!json || !json->is_array()) return std::nullopt;
  std::vector<std::string> ids;
  ids.reserve(json->size());
  for (const auto& item : *json) {
    auto id = text_member(item, "id");
    if (!id) return std::nullopt;
    ids.push_back(std::move(*id));
  }
  return ids;
}

std::optional<DeviceInfo> device_info(std::string_view body) {
  const auto json = parse(body);
  if (!json || !json->is_object()) return std::nullopt;
  return DeviceInfo{text_member(*json, "vendor").value_or(""), text_member(*json, "product").value_or("")};
}

std::optional<SystemInfo> system_info(std::string_view body) {
  const auto json = parse(body);
  if (!json || !json->is_object()) return std::nullopt;
  return SystemInfo{text_member(*json, "softwareVersion").value_or(""),
                    text_member(*json, "hardwareVersion").value_or(""),
                    text_member(*json, "deviceId").value_or("")};
}

std::optional<SystemState> state(std::string_view body) {
  constexpr std::array<std::pair<std::string_view, SystemState>, 4> kWords = {{
      {"Unprovisioned", SystemState::kUnprovisioned},
      {"Locked", SystemState::kLocked},
      {"Operational", SystemState::kOperational},
      {"Failed", SystemState::kFailed},
  }};
  return word_member(body, "state", kWords, SystemState::kUnknown);
}

std::optional<Role> role(std::string_view body) {
  constexpr std::array<std::pair<std::string_view, Role>, 4> kWords = {{
      {"Administrator", Role::kAdministrator},
      {"Operator", Role::kOperator},
      {"Metrics", Role::kMetrics},
      {"Backup", Role::kBackup},
  }};
  return word_member(body, "role", kWords, Role::kUnknown);
}

std::optional<SecretBytes> base64_member(std::string_view body, std::string_view name) {
  // Cutting the text out keeps a plaintext from being copied into a parser's buffers.
  std::optional<Bytes> bytes;
  if (const auto text = plain_text_member(body, name)) bytes = from_base64(*text);
  if (!bytes) {
    const auto json = parse(body);
    if (json) bytes = bytes_member(*json, std::string(name).c_str());
  }
  if (!bytes) return std::nullopt;
  SecretBytes secret(bytes->begin(), bytes->end());
  wipe(bytes->data(), bytes->size());
  return secret;
}

std::string error_message(std::string_view body) {
  const auto json = parse(body);
  if (!json) return std::string(body.substr(0, 200));
  return text_member(*json, "message").value_or("");
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out += '%';
      out += to_hex(ByteView(&byte, 1), HexCase::kUpper);
    }
  }
  return out;
}

Object::Object() {
  constexpr std::size_t kUsual = 256;  // growing wipes what is left behind, each time
  json_.reserve(kUsual);
  append("{");
}

void Object::append(std::string_view text) { nethsm::append(json_, text); }

void Object::name(std::string_view name) {
  append(json_.size() > 1 ? ",\"" : "\"");
  append(name);
  append("\":");
}

Object& Object::text(std::string_view member, std::string_view utf8) {
  name(member);
  append("\"");
  for (const char c : utf8) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      append("\\");
      json_.push_back(byte);
    } else if (byte < 0x20) {
      append("\\u00");
      append(to_hex(ByteView(&byte, 1)));
    } else {
      json_.push_back(byte);  // by hand, as a passphrase must not be copied into a library's strings
    }
  }
  append("\"");
  return *this;
}

Object& Object::number(std::string_view member, std::size_t value) {
  name(member);
  append(std::to_string(value));
  return *this;
}

Object& Object::base64(std::string_view member, ByteView bytes) {
  name(member);
  append("\"");
  auto encoded = to_base64(bytes);
  append(encoded);
  wipe(encoded.data(), encoded.size());
  append("\"");
  return *this;
}

Object& Object::mechanisms(std::string_view member, Mechanisms set) {
  name(member);
  append("[");
  bool first = true;
  set.for_each([&](Mechanism mechanism) {
    append(first ? "\"" : ",\"");
    append(to_string(mechanism));
    append("\"");
    first = false;
  });
  append("]");
  return *this;
}

Object& Object::object(std::string_view member, Object inner) {
  name(member);
  nethsm::append(json_, inner.take());
  return *this;
}

SecretBytes Object::take() {
  append("}");
  return std::move(json_);
}

}  // namespace nethsm::api::codec
