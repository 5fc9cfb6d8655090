// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nethsm/client.h"
#include "token/attributes.h"
#include "token/login.h"
#include "token/object_store.h"
#include "token/token.h"

namespace nethsm::token {

// Finds objects and brings the store up to date on the way, with as few requests as the template allows:
//
//   nothing can match, or nobody may read   none
//   CKA_ID or CKA_UNIQUE_ID                 the key, and its certificate if one can match
//   CKA_LABEL                               the list of that label (API 5.0); if empty, the key of that id
//   else                                    the list of ids, and all details not read lately, at once
//
// Certificates are looked up only for searches that can match one. Thread-safe; stateless but for the store.
class Search {
 public:
  Search(const Settings& settings, api::Client& client, const Login& login, ObjectStore& objects);

  Result<std::vector<CK_OBJECT_HANDLE>> find(const Template& wanted);

  // The key as the device has it now; null if there is none with this id. Asks once.
  Result<std::shared_ptr<const KeyRecord>> key(const api::Credential& as, const std::string& id);
  // The key with this DER SubjectPublicKeyInfo; null if there is none. Lists the keys.
  Result<std::shared_ptr<const KeyRecord>> key_with(const api::Credential& as, ByteView public_key_info);
  Status load_certificates(const api::Credential& as, std::span<const std::string> ids);

 private:
  Result<std::vector<std::string>> candidates(const api::Credential& as, const Template& wanted);
  Result<std::vector<std::string>> with_label(const api::Credential& as, ByteView label);
  Result<std::vector<std::string>> all_keys(const api::Credential& as);
  Status keep_those_of_other_devices(const api::Credential& as, std::vector<std::string>& ids);
  Status load_details(const api::Credential& as, std::span<const std::string> ids);
  Status take_details(const std::string& id, api::ApiResult<api::Key> answer);
  ClassSet visible_classes() const;

  const Settings& settings_;
  api::Client& client_;
  const Login& login_;
  ObjectStore& objects_;
};

}  // namespace nethsm::token
