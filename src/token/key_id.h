// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "token/error.h"

// CKA_ID holds any bytes, a NetHSM id only [A-Za-z0-9][A-Za-z0-9_.-]*. Bytes that are an id stand for
// themselves, all others become "0---" and upper-case hex. The mapping is injective and shared with the
// vendor's module, so that tokens can be used by both.
namespace nethsm::token {

// nullopt: nothing (empty) or more than an id can hold, so that no key can have it.
std::optional<std::string> to_key_id(ByteView cka_id);

// Total: an id that to_key_id() could not have made from other bytes is taken literally.
Bytes to_cka_id(std::string_view key_id);

// CKA_UNIQUE_ID: "<NetHSM id>:private-key" and the like. Unique on the token; a rename of the key changes it,
// as the device has nothing else that tells two keys of the same material apart.
Bytes unique_id(std::string_view key_id, CK_OBJECT_CLASS object_class);
std::optional<std::string> key_id_of_unique_id(ByteView unique_id);

// Temporary keys, which belong to a session, are called "p11-temporary-" and 20 hex digits on the device.
// They are session objects of one process, and nobody else's objects.
Result<std::string> temporary_key_id();
bool is_temporary(std::string_view key_id);

// 20 hex digits, for keys that the application did not name. Fails only without a kernel source of random
// bytes.
Result<std::string> random_key_id();

}  // namespace nethsm::token
