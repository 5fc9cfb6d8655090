// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/keystore.h"
#include "simulator/passphrase.h"

namespace nethsm::simulator {

enum class Role : std::uint8_t { kAdministrator = 1, kOperator = 2, kMetrics = 4, kBackup = 8 };
std::string_view role_name(Role role);
std::optional<Role> find_role(std::string_view name);

struct User {
  std::string id;  // with the namespace: "ns~operator", or "operator" in the root namespace
  std::string real_name;
  Role role = Role::kOperator;
  UserPassphrase passphrase;
  std::set<std::string> tags;
};

// "" is the root namespace.
std::string namespace_of(std::string_view user_id);

enum class TagChange { kDone, kUnchanged, kNoSuchUser, kNotAnOperator };

// What all instances of a cluster share: users, namespaces, the keys of each namespace, the backup passphrase
// and the cluster CA. Thread-safe; users come out as copies, key stores as shared owners, so a request works
// on what it found even while something is deleted.
class Store {
 public:
  struct Contents {  // for backup and restore
    std::map<std::string, User, std::less<>> users;
    std::map<std::string, KeyStore::Keys, std::less<>> keys;  // one entry per namespace, "" included
  };

  std::optional<User> find_user(std::string_view id) const;
  std::vector<std::string> user_ids() const;  // sorted
  bool add_user(User user);                   // false: the id is in use
  bool remove_user(std::string_view id);
  bool set_passphrase(std::string_view id, std::string_view passphrase);
  TagChange add_tag(std::string_view user_id, const std::string& tag);
  TagChange remove_tag(std::string_view user_id, const std::string& tag);

  bool namespace_exists(std::string_view name) const;  // the root namespace always does
  std::vector<std::string> namespaces() const;         // sorted, without the root namespace
  bool add_namespace(std::string_view name);
  bool remove_namespace(std::string_view name);  // its keys go with it, its users stay
  // Null: no such namespace.
  std::shared_ptr<KeyStore> keys(std::string_view name) const;

  std::optional<SlowPassphrase> backup_passphrase() const;
  void set_backup_passphrase(std::optional<SlowPassphrase> passphrase);
  std::optional<std::string> cluster_ca() const;
  void set_cluster_ca(std::string pem);

  Contents contents() const;
  void replace(Contents contents);
  void clear();  // factory reset

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, User, std::less<>> users_;
  std::map<std::string, std::shared_ptr<KeyStore>, std::less<>> namespaces_{
      {"", std::make_shared<KeyStore>()}};
  std::optional<SlowPassphrase> backup_passphrase_;
  std::optional<std::string> cluster_ca_;
};

}  // namespace nethsm::simulator
