// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace nethsm::simulator {

// The private key and certificate chain that an instance shows to TLS clients. A value; the parts are shared
// and immutable.
struct TlsIdentity {
  std::shared_ptr<EVP_PKEY> key;
  std::vector<std::shared_ptr<X509>> chain;  // leaf first

  // A new P-256 key with its certificate.
  static TlsIdentity generate();
  // A certificate as the device makes one for itself: subject and issuer "CN=keyfender", no alternative name.
  static TlsIdentity self_signed(std::shared_ptr<EVP_PKEY> key);

  std::string fingerprint() const;      // SHA-256 of the leaf's DER, 64 lower-case hex digits
  std::string certificate_pem() const;  // the whole chain
  std::string public_pem() const;
};

// The digest that fits a key's signatures; null for Ed25519.
const EVP_MD* tls_digest(const EVP_PKEY* key);

// The certificates in a PEM text, in their order; empty when there are none.
std::vector<std::shared_ptr<X509>> read_certificate_chain(const std::string& pem);

}  // namespace nethsm::simulator
