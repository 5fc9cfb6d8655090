// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/connection.h"
#include "simulator/fault.h"
#include "simulator/http_wire.h"

namespace nethsm::simulator {

// What a device says with this status when it has not looked at the request: 412 and 429 in JSON, 5xx in
// plain text.
Response status_answer(int status);

// Sends what a fault of FaultStage::kAnswer makes of the answer; false: the connection has ended by it.
bool send_faulty(Connection& connection, const ReceivedRequest& received, const Response& response,
                 const FaultSpec& fault);

}  // namespace nethsm::simulator
