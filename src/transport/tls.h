// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "transport/endpoint.h"
#include "transport/stream.h"

namespace nethsm::transport {

class TlsContext;  // what all connections with the same Trust share; tls_context.h

// The TLS side of one library run: a private OSSL_LIB_CTX, so that neither the host's openssl.cnf is obeyed
// here (it may load this very module) nor anything of the host is changed; one TlsContext per distinct Trust;
// the system's root certificates, which take 15 ms to load, at most once. Nothing of OpenSSL is touched
// before the first get(). Thread-safe.
class TlsContexts {
 public:
  TlsContexts();
  ~TlsContexts();
  TlsContexts(const TlsContexts&) = delete;
  TlsContexts& operator=(const TlsContexts&) = delete;

  // A ca_file that cannot be read is a kCertificate failure: no attempt can succeed before somebody repairs
  // it.
  Result<std::shared_ptr<const TlsContext>, Failure> get(const Trust& trust);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The client side of TLS 1.2 or 1.3 on `socket`. Its handshake succeeds only if the peer is trusted for
// `host`, before any byte of HTTP can be written. Null without memory.
std::unique_ptr<Stream> tls_stream(std::shared_ptr<const TlsContext> context, Socket& socket,
                                   const std::string& host);

}  // namespace nethsm::transport
