// SPDX-License-Identifier: Apache-2.0
#include "simulator/faulty_answer.h"

#include <algorithm>

#include "simulator/resource.h"

namespace nethsm::simulator {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::string_view kNotHttp = "\x16\x03\x01 220 smtp.example.org ESMTP ready\r\n\r\n";

bool drip(Connection& connection, std::string_view text, std::chrono::milliseconds pause) {
  for (const char byte : text) {
    if (!connection.write({&byte, 1}) || !connection.pause(pause)) return false;
  }
  return true;
}

bool send_repeated(Connection& connection, std::int64_t size) {
  const std::string piece(kPieceBytes, 'x');
  while (size > 0) {
    const auto count = std::min<std::int64_t>(size, static_cast<std::int64_t>(piece.size()));
    if (!connection.write(std::string_view(piece).substr(0, static_cast<std::size_t>(count)))) return false;
    size -= count;
  }
  return true;
}

Response without_json(const Response& response) {
  Response damaged = response;
  if (damaged.status == 204 || damaged.status == 304) damaged.status = 200;
  damaged.content_type = kJson;
  damaged.stray.clear();
  damaged.body = R"({"signature":"AAAA","data":[1,2,)";
  return damaged;
}

}  // namespace

Response status_answer(int status) {
  if (status == 412) return json_response(message_json("Service not available"), status);
  if (status == 429) return json_response(message_json("Too many requests"), status);
  return typed_response("text/plain", status >= 500 ? "simulated fault" : "", status);
}

bool send_faulty(Connection& connection, const ReceivedRequest& received, const Response& response,
                 const FaultSpec& fault) {
  const auto answer = serialize(response, received.request, received.keep_alive);
  switch (fault.kind) {
    case FaultKind::kDrip:
      return drip(connection, answer, std::chrono::milliseconds(fault.value));
    case FaultKind::kCloseMidAnswer:
      connection.write(std::string_view(answer).substr(0, answer.size() / 2));
      return false;
    case FaultKind::kGarbageHttp:
      connection.write(kNotHttp);
      return false;
    case FaultKind::kGarbageJson:
      return connection.write(serialize(without_json(response), received.request, received.keep_alive));
    case FaultKind::kHugeHeader:
      return connection.write("HTTP/1.1 200 OK\r\nX-Huge: ") && send_repeated(connection, fault.value) &&
             connection.write("\r\ncontent-length: 0\r\n\r\n");
    case FaultKind::kHugeBody:
      return connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
                              std::to_string(fault.value) + "\r\n\r\n") &&
             send_repeated(connection, fault.value);
    default:  // kLostAnswer
      return false;
  }
}

}  // namespace nethsm::simulator
