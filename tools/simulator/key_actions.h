// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/key_requests.h"
#include "simulator/keystore.h"

namespace nethsm::simulator {

// What the API's calls about keys do to a key store, without HTTP. Thread-safe; nothing is locked while keys
// are generated, imported or used. Refusals are KeyRefused (400 with the text) unless said otherwise.

// The operator has no tag in common with the restrictions of the key (403).
class TagsNotMet : public std::runtime_error {
 public:
  TagsNotMet() : std::runtime_error("tags restriction not met") {}
};

// The JSON that names a key, names several, and describes one.
std::string key_id_json(std::string_view id);
std::string key_list_json(const std::vector<std::string>& ids);
std::string key_json(const KeyRecord& key);

// Stores the key unless the id is in use.
void add_key(const KeyView& keys, std::string_view id, KeyAttributes attributes, KeyMaterialPtr material);

// The rules for a new key that do not depend on what is in the store, but for the rule for ids; they are
// split because the server looks at the id in between.
void check_generate_request(const GenerateRequest& request);
void check_generic_length(const GenerateRequest& request);

// Signs, decrypts or encrypts and counts the operation; the result is the JSON of the answer.
std::string use_key(const KeyRecord& key, Use use, const UseRequest& request,
                    const std::set<std::string>& tags);

}  // namespace nethsm::simulator
