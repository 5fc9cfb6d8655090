// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/secret.h"

// One HTTP exchange as values. Plain data, copied or moved freely.
namespace nethsm::transport {

enum class Method : std::uint8_t { kGet, kPost, kPut, kDelete };
std::string_view to_string(Method method);

// The value of an Authorization header ("Basic ..."), prepared once per user and shared by all its requests.
using Authorization = std::shared_ptr<const Secret>;
Authorization basic_authorization(std::string_view user, const Secret& passphrase);

struct Request {
  Method method = Method::kGet;
  std::string path;                    // below the instance's base URL, percent-encoded, e.g. "/keys/k1/sign"
  Authorization authorization;         // null: none is sent
  std::string_view content_type = {};  // static text; empty: no header
  SecretBytes body;                    // may hold key material; wiped when freed
};

// What the callers look at; other headers are dropped while parsing.
struct Response {
  int status = 0;
  std::string content_type;
  std::string location;
  SecretBytes body;
  std::string_view text() const { return as_text(ByteView(body.data(), body.size())); }
};

// How far an exchange had come when it failed. Before kSent the server cannot have seen the request.
enum class Phase : std::uint8_t { kResolve, kConnect, kTls, kVerify, kSending, kSent, kAnswering };

enum class FailureKind : std::uint8_t {
  kResolve,      // name not found
  kConnect,      // refused, unreachable
  kCertificate,  // the peer is not who the configuration says: permanent, never retried as if transient
  kTls,          // handshake or record failure
  kTimeout,      // the deadline passed
  kClosed,       // the peer closed or reset the connection
  kProtocol,     // not HTTP, or against its rules
  kTooLarge,     // header or body over the limits
  kLocal,        // this host: no descriptors, no memory
};

struct Failure {
  FailureKind kind = FailureKind::kLocal;
  Phase phase = Phase::kResolve;
  std::string message;  // for the log: what happened, to whom, and what may help; no secrets

  // True when the request was certainly not executed: no byte of it may have reached the server.
  bool provably_not_sent() const { return phase < Phase::kSending; }
};

}  // namespace nethsm::transport
