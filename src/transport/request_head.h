// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret.h"
#include "transport/endpoint.h"
#include "transport/message.h"

namespace nethsm::transport {

// Appends the request as it goes over the wire, head and body together, so that they can leave in one record
// and one packet. The buffer wipes itself, as the head holds the credential.
void append_request(SecretBytes& out, const Endpoint& endpoint, const Request& request);

}  // namespace nethsm::transport
