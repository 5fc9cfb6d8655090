// SPDX-License-Identifier: Apache-2.0
#include "simulator/store.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace nethsm::simulator {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoleNames{
    {{Role::kAdministrator, "Administrator"},
     {Role::kOperator, "Operator"},
     {Role::kMetrics, "Metrics"},
     {Role::kBackup, "Backup"}}};

using Reading = std::shared_lock<std::shared_mutex>;
using Writing = std::unique_lock<std::shared_mutex>;

}  // namespace

std::string_view role_name(Role role) {
  return std::find_if(kRoleNames.begin(), kRoleNames.end(),
                      [=](const auto& row) { return row.first == role; })
      ->second;
}

std::optional<Role> find_role(std::string_view name) {
  for (const auto& [role, text] : kRoleNames) {
    if (text == name) return role;
  }
  return std::nullopt;
}

std::string namespace_of(std::string_view user_id) {
  const std::size_t at = user_id.find('~');
  return at == std::string_view::npos ? std::string() : std::string(user_id.substr(0, at));
}

std::optional<User> Store::find_user(std::string_view id) const {
  const Reading lock(mutex_);
  const auto it = users_.find(id);
  return it == users_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<std::string> Store::user_ids() const {
  const Reading lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, user] : users_) ids.push_back(id);
  return ids;
}

bool Store::add_user(User user) {
  const Writing lock(mutex_);
  std::string id = user.id;
  return users_.emplace(std::move(id), std::move(user)).second;
}

bool Store::remove_user(std::string_view id) {
  const Writing lock(mutex_);
  const auto it = users_.find(id);
  if (it == users_.end()) return false;
  users_.erase(it);
  return true;
}

bool Store::set_passphrase(std::string_view id, std::string_view passphrase) {
  const Writing lock(mutex_);
  const auto it = users_.find(id);
  if (it == users_.end()) return false;
  it->second.passphrase = UserPassphrase::of(passphrase);
  return true;
}

TagChange Store::add_tag(std::string_view user_id, const std::string& tag) {
  const Writing lock(mutex_);
  const auto it = users_.find(user_id);
  if (it == users_.end()) return TagChange::kNoSuchUser;
  if (it->second.role != Role::kOperator) return TagChange::kNotAnOperator;
  return it->second.tags.insert(tag).second ? TagChange::kDone : TagChange::kUnchanged;
}

TagChange Store::remove_tag(std::string_view user_id, const std::string& tag) {
  const Writing lock(mutex_);
  const auto it = users_.find(user_id);
  if (it == users_.end()) return TagChange::kNoSuchUser;
  return it->second.tags.erase(tag) == 1 ? TagChange::kDone : TagChange::kUnchanged;
}

bool Store::namespace_exists(std::string_view name) const {
  const Reading lock(mutex_);
  return namespaces_.find(name) != namespaces_.end();
}

std::vector<std::string> Store::namespaces() const {
  const Reading lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, keys] : namespaces_) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

bool Store::add_namespace(std::string_view name) {
  const Writing lock(mutex_);
  return namespaces_.emplace(name, std::make_shared<KeyStore>()).second;
}

bool Store::remove_namespace(std::string_view name) {
  const Writing lock(mutex_);
  const auto it = namespaces_.find(name);
  if (it == namespaces_.end() || name.empty()) return false;
  namespaces_.erase(it);
  return true;
}

std::shared_ptr<KeyStore> Store::keys(std::string_view name) const {
  const Reading lock(mutex_);
  const auto it = namespaces_.find(name);
  return it == namespaces_.end() ? nullptr : it->second;
}

std::optional<SlowPassphrase> Store::backup_passphrase() const {
  const Reading lock(mutex_);
  return backup_passphrase_;
}

void Store::set_backup_passphrase(std::optional<SlowPassphrase> passphrase) {
  const Writing lock(mutex_);
  backup_passphrase_ = std::move(passphrase);
}

std::optional<std::string> Store::cluster_ca() const {
  const Reading lock(mutex_);
  return cluster_ca_;
}

void Store::set_cluster_ca(std::string pem) {
  const Writing lock(mutex_);
  cluster_ca_ = std::move(pem);
}

Store::Contents Store::contents() const {
  const Reading lock(mutex_);
  Contents contents;
  contents.users = users_;
  for (const auto& [name, keys] : namespaces_) contents.keys.emplace(name, keys->snapshot());
  return contents;
}

void Store::replace(Contents contents) {
  const Writing lock(mutex_);
  users_ = std::move(contents.users);
  namespaces_.clear();
  contents.keys.try_emplace("");
  for (auto& [name, keys] : contents.keys) {
    auto store = std::make_shared<KeyStore>();
    store->replace(std::move(keys));
    namespaces_.emplace(name, std::move(store));
  }
}

void Store::clear() {
  replace({});
  const Writing lock(mutex_);
  backup_passphrase_.reset();
  cluster_ca_.reset();
}

}  // namespace nethsm::simulator
