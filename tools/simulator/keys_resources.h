// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simulator/key_actions.h"
#include "simulator/key_material.h"
#include "simulator/resource.h"

namespace nethsm::simulator {

// The handlers of the resources below /keys; keys_resources.cpp has the table that names them all.

// The first {...} of the path, a key id that has been checked.
inline const std::string& key_id(const Context& context) { return context.arguments.front(); }

// The key of the path: null if it does not exist.
inline KeyRecordPtr find_key(const Context& context) { return context.keys().find(key_id(context)); }

// The same where the chain has found it; a deletion meanwhile is a 404.
KeyRecordPtr require_key(const Context& context);

// Applies the change as KeyStore::update does and tells what it returned; throws Failure(404) without the
// key.
bool change_key(Context& context, const std::function<bool(KeyRecord&)>& change);

// The handler, with refusals of keys as answers 400.
template <Handler kHandler>
Response refusing(Context& context) {
  try {
    return kHandler(context);
  } catch (const KeyRefused& refusal) {
    throw Failure(400, refusal.what());
  }
}

// keys_resources_create.cpp
bool has_media_type(const Context& context);
Response import_key_with_id(Context& context);
Response import_key(Context& context);
Response generate_key_pair(Context& context);

// keys_resources_use.cpp
Response sign_with_key(Context& context);
Response decrypt_with_key(Context& context);
Response encrypt_with_key(Context& context);
Response request_certificate(Context& context);

// keys_resources_change.cpp
Response move_key(Context& context);
Response put_label(Context& context);
Response delete_label(Context& context);
bool tag_exists(Context& context);
Response put_tag(Context& context);
Response delete_tag(Context& context);
bool is_octet_stream(const Context& context);
bool certificate_exists(Context& context);
Response get_certificate(Context& context);
Response put_certificate(Context& context);
Response delete_certificate(Context& context);

}  // namespace nethsm::simulator
