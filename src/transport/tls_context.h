// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "transport/endpoint.h"
#include "transport/tls.h"

namespace nethsm::transport {

template <auto free_function>
struct OpenSslDeleter {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslDeleter<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslDeleter<&SSL_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpenSslDeleter<&X509_STORE_free>>;
using DigestPtr = std::unique_ptr<EVP_MD, OpenSslDeleter<&EVP_MD_free>>;
using BioMethodPtr = std::unique_ptr<BIO_METHOD, OpenSslDeleter<&BIO_meth_free>>;

// What lives as long as any connection of the library run.
struct TlsLibrary {
  OSSL_LIB_CTX* context = nullptr;  // the process's, never freed
  DigestPtr sha256;
  BioMethodPtr socket_bio;  // sends with MSG_NOSIGNAL, which OpenSSL's own does not
};

// Immutable once made, so that connections in all threads can share it.
class TlsContext {
 public:
  TlsContext(std::shared_ptr<const TlsLibrary> library, SslContextPtr ssl, Trust trust)
      : library_(std::move(library)), ssl_(std::move(ssl)), trust_(std::move(trust)) {}

  SSL_CTX* ssl() const { return ssl_.get(); }
  const TlsLibrary& library() const { return *library_; }
  const Trust& trust() const { return trust_; }

 private:
  std::shared_ptr<const TlsLibrary> library_;  // freed last
  SslContextPtr ssl_;
  Trust trust_;
};

// What a handshake found out about the peer; the SSL's app data points to it.
struct PeerVerification {
  const TlsContext* context = nullptr;
  bool refused = false;
  std::string reason;  // of the refusal, with what may help
};

// For SSL_CTX_set_cert_verify_callback.
int verify_peer(X509_STORE_CTX* chain, void* unused);

// Of the oldest error in this thread's OpenSSL queue, which is emptied.
std::string take_openssl_error();

BioMethodPtr make_socket_bio_method();

}  // namespace nethsm::transport
