// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/http_message.h"

namespace nethsm::simulator {

// The headers of a request that make its answer depend on formats and entity tags (RFC 9110), with the
// genuine server's liberties: quality values are not looked at.

bool accepts_type(const Request& request, std::string_view type);
// No other encoding is offered.
bool accepts_identity_encoding(const Request& request);

std::string make_entity_tag(std::string_view body);

bool is_conditional(const Request& request);
// 0: go on; else 304 or 412.
int check_conditions(const Request& request, bool exists, const std::optional<std::string>& tag);

}  // namespace nethsm::simulator
