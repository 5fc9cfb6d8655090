// SPDX-License-Identifier: Apache-2.0
#include "transport/request_head.h"

#include <string>

#ifndef NETHSM_VERSION
#error "the build defines NETHSM_VERSION as a string"
#endif

namespace nethsm::transport {
namespace {

constexpr std::string_view kFixedFields = "\r\nAccept: */*\r\nUser-Agent: nethsm-pkcs11/" NETHSM_VERSION;
constexpr std::size_t kRoomForFieldNames = 256;

void append_host(SecretBytes& out, const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  append(out, "\r\nHost: ");
  if (v6) append(out, "[");
  append(out, endpoint.host);
  if (v6) append(out, "]");
  if (endpoint.port != (endpoint.tls ? 443 : 80)) append(out, ":" + std::to_string(endpoint.port));
}

}  // namespace

void append_request(SecretBytes& out, const Endpoint& endpoint, const Request& request) {
  const auto credential = request.authorization ? request.authorization->reveal() : ByteView{};
  out.reserve(out.size() + kRoomForFieldNames + endpoint.base_path.size() + request.path.size() +
              endpoint.host.size() + credential.size() + request.content_type.size() + request.body.size());
  append(out, to_string(request.method));
  append(out, " ");
  append(out, endpoint.base_path);
  append(out, request.path);
  append(out, " HTTP/1.1");
  append_host(out, endpoint);
  append(out, kFixedFields);
  if (!credential.empty()) {
    append(out, "\r\nAuthorization: ");
    append(out, as_text(credential));
  }
  if (!request.content_type.empty()) {
    append(out, "\r\nContent-Type: ");
    append(out, request.content_type);
  }
  // A POST or PUT without a body says so; the device does not drain the body of a GET, so none may be sent
  // with one.
  if (!request.body.empty() || request.method == Method::kPost || request.method == Method::kPut) {
    append(out, "\r\nContent-Length: " + std::to_string(request.body.size()));
  }
  append(out, "\r\n\r\n");
  append(out, request.body);
}

}  // namespace nethsm::transport
