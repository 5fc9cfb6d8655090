// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "config/keys.h"

namespace nethsm::config {
namespace {

constexpr std::string_view kFromEnvironment = "env:";

void read_username(const Field& field, User& user) {
  const auto name = field.text();
  if (!name) return;
  user.username = *name;
  if (name->empty()) field.refuse(field.node, "it is empty");
}

// An empty password is none, in the vendor's module too: the application has to log in.
void set_password(std::string_view password, User& user) {
  if (!password.empty()) user.password = Secret(password);
}

void read_password(const Field& field, User& user) {
  if (field.node.kind != Node::Kind::kScalar) {
    field.refuse(field.node, "put it in quotes, as it has a character with a meaning in YAML");
    return;
  }
  const std::string_view text = field.node.text();
  if (!text.starts_with(kFromEnvironment)) {
    field.reading.has_plain_password |= !text.empty();
    return set_password(text, user);
  }
  const std::string name(text.substr(kFromEnvironment.size()));
  auto value = field.reading.environment.variable(name.c_str());
  if (!value) {
    field.refuse(field.node, "the environment variable \"" + name + "\" is not set");
    return;
  }
  if (value->empty())
    field.notice("the environment variable \"" + name + "\" is empty, so there is no password");
  set_password(*value, user);
  wipe(value->data(), value->size());
}

constexpr std::array<Key<User>, 2> kKeys{{
    {"username", "the name of a NetHSM user", read_username, true},
    {"password", "the user's passphrase, or env:NAME for one in the environment variable NAME",
     read_password},
}};

}  // namespace

constinit const Level<User> kUserLevel{"a user (operator or administrator)", kKeys};

}  // namespace nethsm::config
