// SPDX-License-Identifier: Apache-2.0
#include "simulator/backup_json.h"

namespace nethsm::simulator {
namespace {

using nlohmann::json;

// Texts may hold any bytes, which JSON cannot.
std::string encode(std::string_view text) { return base64_encode(to_bytes(text)); }
std::string decode(const json& value) {
  const Bytes bytes = base64_decode(value.get_ref<const std::string&>());
  return {bytes.begin(), bytes.end()};
}
Bytes decode_bytes(const json& value) { return base64_decode(value.get_ref<const std::string&>()); }

json from_tags(const std::set<std::string>& tags) {
  json list = json::array();
  for (const auto& tag : tags) list.push_back(encode(tag));
  return list;
}
std::set<std::string> to_tags(const json& list) {
  std::set<std::string> tags;
  for (const auto& tag : list) tags.insert(decode(tag));
  return tags;
}

json from_passphrase(const std::optional<SlowPassphrase>& passphrase) {
  if (!passphrase) return nullptr;
  return {{"salt", base64_encode(passphrase->salt)}, {"key", base64_encode(passphrase->key)}};
}
std::optional<SlowPassphrase> to_passphrase(const json& value) {
  if (value.is_null()) return std::nullopt;
  return SlowPassphrase{decode_bytes(value.at("salt")), decode_bytes(value.at("key"))};
}

json from_user(const User& user) {
  return {{"realName", encode(user.real_name)},
          {"role", role_name(user.role)},
          {"salt", base64_encode(user.passphrase.salt)},
          {"digest", base64_encode(user.passphrase.digest)},
          {"tags", from_tags(user.tags)}};
}
User to_user(const std::string& id, const json& value) {
  return {id,
          decode(value.at("realName")),
          find_role(value.at("role").get_ref<const std::string&>()).value(),
          {decode_bytes(value.at("salt")), decode_bytes(value.at("digest"))},
          to_tags(value.at("tags"))};
}

json from_key(const KeyRecord& key) {
  json mechanisms = json::array();
  for (const Mechanism& mechanism : kMechanisms) {
    if (key.mechanisms.contains(mechanism)) mechanisms.push_back(mechanism.name);
  }
  const PrivateKeyValues& values = key.material->values();
  return {{"mechanisms", std::move(mechanisms)},
          {"type", key_type_row(values.type).name},
          {"primeP", base64_encode(values.prime_p)},
          {"primeQ", base64_encode(values.prime_q)},
          {"publicExponent", base64_encode(values.public_exponent)},
          {"data", base64_encode(values.data)},
          {"tags", from_tags(key.tags)},
          {"label", encode(key.label)},
          {"certificate", key.certificate ? json(encode(*key.certificate)) : json()},
          {"operations", key.operations->load()}};
}
KeyRecordPtr to_key(const json& value) {
  KeyRecord key;
  for (const auto& name : value.at("mechanisms"))
    key.mechanisms.insert(*find_mechanism(name.get_ref<const std::string&>()));
  PrivateKeyValues values;
  values.type = find_key_type(value.at("type").get_ref<const std::string&>())->type;
  values.prime_p = decode_bytes(value.at("primeP"));
  values.prime_q = decode_bytes(value.at("primeQ"));
  values.public_exponent = decode_bytes(value.at("publicExponent"));
  values.data = decode_bytes(value.at("data"));
  key.material = KeyMaterial::load_values(std::move(values));
  key.tags = to_tags(value.at("tags"));
  key.label = decode(value.at("label"));
  if (!value.at("certificate").is_null()) key.certificate = decode(value.at("certificate"));
  *key.operations = value.at("operations").get<std::uint64_t>();
  return std::make_shared<const KeyRecord>(std::move(key));
}

}  // namespace

json to_json(const BackupContents& contents) {
  json users = json::object(), namespaces = json::object();
  for (const auto& [id, user] : contents.store.users) users[id] = from_user(user);
  for (const auto& [name, keys] : contents.store.keys) {
    json& list = namespaces[name] = json::object();
    for (const auto& [id, key] : keys) list[id] = from_key(*key);
  }
  return {{"users", std::move(users)},
          {"namespaces", std::move(namespaces)},
          {"network", contents.settings.network},
          {"logging", contents.settings.logging},
          {"unattendedBoot", contents.settings.unattended_boot},
          {"unlockPassphrase", from_passphrase(contents.unlock_passphrase)},
          {"backupPassphrase", from_passphrase(contents.backup_passphrase)}};
}

BackupContents backup_from_json(const json& value) {
  BackupContents contents;
  for (const auto& [id, user] : value.at("users").items())
    contents.store.users.emplace(id, to_user(id, user));
  for (const auto& [name, list] : value.at("namespaces").items()) {
    KeyStore::Keys& keys = contents.store.keys[name];
    for (const auto& [id, key] : list.items()) keys.emplace(id, to_key(key));
  }
  contents.settings.network = value.at("network").get<std::string>();
  contents.settings.logging = value.at("logging").get<std::string>();
  contents.settings.unattended_boot = value.at("unattendedBoot").get<bool>();
  contents.unlock_passphrase = to_passphrase(value.at("unlockPassphrase"));
  contents.backup_passphrase = to_passphrase(value.at("backupPassphrase"));
  return contents;
}

}  // namespace nethsm::simulator
