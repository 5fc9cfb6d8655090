// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace nethsm::simulator {

// The rule for ids of keys, users, namespaces and tags: the server's complaint, or empty when the id is fine.
std::string_view id_complaint(std::string_view id);

// Throws Failure 400 with the complaint.
void check_id(std::string_view id);

}  // namespace nethsm::simulator
