// SPDX-License-Identifier: Apache-2.0
#include "token/self_description.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "token/mechanisms.h"

namespace nethsm::token {
namespace {

struct ProfileRow {
  CK_PROFILE_ID id;
  std::string_view label;
  std::string_view unique_id;  // begins with a colon, as no id of a key does
  bool needs_public_reading;   // true only where certificates are found without login
};
constexpr ProfileRow kProfiles[] = {
    {CKP_BASELINE_PROVIDER, "Baseline Provider", ":baseline-provider", false},
    {CKP_EXTENDED_PROVIDER, "Extended Provider", ":extended-provider", false},
    {CKP_AUTHENTICATION_TOKEN, "Authentication Token", ":authentication-token", false},
    {CKP_PUBLIC_CERTIFICATES_TOKEN, "Public Certificates Token", ":public-certificates-token", true},
};

// The NetHSM shows nothing to strangers: what is found without login is found with a configured password.
bool reads_without_login(const Settings& settings) {
  const auto has_password = [](const std::optional<Settings::User>& user) {
    return user && user->password && !user->password->empty();
  };
  return has_password(settings.operator_user) || has_password(settings.administrator_user);
}

ObjectPtr make(CK_OBJECT_CLASS object_class, OwnAttributes own, std::atomic<CK_OBJECT_HANDLE>& next_handle) {
  Object object;
  object.handle = next_handle.fetch_add(1, std::memory_order_relaxed);
  object.object_class = object_class;
  object.own = std::make_shared<const OwnAttributes>(std::move(own));
  return std::make_shared<const Object>(std::move(object));
}

bool asks_for(CK_OBJECT_CLASS object_class, const Template& wanted) {
  const auto given = wanted.bytes(CKA_CLASS);
  return given && std::ranges::equal(*given, native_bytes(object_class));
}

}  // namespace

SelfDescription::SelfDescription(const Settings& settings, std::atomic<CK_OBJECT_HANDLE>& next_handle) {
  for (const ProfileRow& row : kProfiles) {
    if (row.needs_public_reading && !reads_without_login(settings)) continue;
    profiles_.push_back(make(CKO_PROFILE,
                             {{CKA_PROFILE_ID, native_bytes(row.id)},
                              {CKA_LABEL, to_bytes(row.label)},
                              {CKA_UNIQUE_ID, to_bytes(row.unique_id)}},
                             next_handle));
  }
  for (const CK_MECHANISM_TYPE type : mechanism_list(settings.withheld_mechanisms)) {
    const std::string unique_id = ":" + std::string(find_mechanism(type)->name);
    mechanisms_.push_back(
        make(CKO_MECHANISM, {{CKA_MECHANISM_TYPE, native_bytes(type)}, {CKA_UNIQUE_ID, to_bytes(unique_id)}},
             next_handle));
  }
}

ObjectPtr SelfDescription::find(CK_OBJECT_HANDLE handle) const {
  for (const auto* objects : {&profiles_, &mechanisms_}) {
    const auto found =
        std::ranges::find(*objects, handle, [](const ObjectPtr& each) { return each->handle; });
    if (found != objects->end()) return *found;
  }
  return nullptr;
}

std::vector<CK_OBJECT_HANDLE> SelfDescription::find(const Template& wanted) const {
  std::vector<CK_OBJECT_HANDLE> found;
  const auto& objects = asks_for(CKO_MECHANISM, wanted) ? mechanisms_ : profiles_;
  for (const ObjectPtr& object : objects) {
    if (matches(*object, wanted)) found.push_back(object->handle);
  }
  return found;
}

}  // namespace nethsm::token
