// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simulator/connection.h"
#include "simulator/http_message.h"

namespace nethsm::simulator {

// HTTP/1.1 on the wire (RFC 9112) as the genuine server reads and writes it, including what it does wrong: a
// body with GET is taken for the next request, an unreadable request ends the connection without an answer,
// "Expect: 100-continue" is ignored. cpp-httplib's own reader cannot stand in: it refuses unknown methods,
// decodes header values, drops empty ones and swallows multipart bodies.

struct ReceivedRequest {
  Request request;
  bool keep_alive = true;
};

// The next request with its complete body; false: the connection is to be closed without an answer.
bool read_request(Connection& connection, ReceivedRequest& received);

std::string serialize(const Response& response, const Request& request, bool keep_alive);

}  // namespace nethsm::simulator
