// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/http_message.h"

namespace nethsm::simulator {

struct Credentials {
  std::string user;
  std::string passphrase;
};

// Of an Authorization header. Nothing unless it is well-formed: "Basic ", strict base64, a colon.
std::optional<Credentials> read_credentials(std::string_view authorization);

// "id" or "namespace~id", each half by the rule for ids. The complaint, or empty.
std::string_view user_id_complaint(std::string_view id);

// The user name that the Authorization header claims, for the log; empty without one.
std::string claimed_user(const Request& request);

}  // namespace nethsm::simulator
