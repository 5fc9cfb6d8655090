// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/curves.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

// Key pairs and certificates made by OpenSSL's ordinary functions in its default context: what the module's
// own code is compared with.
namespace nethsm::test {

using crypto::Curve;
using crypto::DigestAlgorithm;

Bytes hex(std::string_view text);

class SoftwareKey {
 public:
  static const SoftwareKey& rsa(unsigned bits);  // made once per size
  static const SoftwareKey& on(Curve curve);     // likewise

  Bytes public_key_info() const;  // as OpenSSL writes it
  crypto::RsaPublicKey rsa_public() const;
  crypto::EcPublicKey ec_public() const;
  Bytes component(const char* name) const;  // OSSL_PKEY_PARAM_*: a number, big-endian

  Bytes raw_decrypt(ByteView block) const;  // RSA without padding
  Bytes sign_pkcs1(ByteView digest_info) const;
  Bytes sign_pss(DigestAlgorithm digest, DigestAlgorithm mgf, int salt_length, ByteView value) const;
  bool verify_pss(DigestAlgorithm digest, DigestAlgorithm mgf, int salt_length, ByteView value,
                  ByteView signature) const;
  Bytes sign_ecdsa(ByteView digest) const;  // DER
  Bytes sign_ed25519(ByteView message) const;
  Bytes decrypt_oaep(DigestAlgorithm digest, DigestAlgorithm mgf, ByteView label, ByteView block) const;
  Bytes decrypt_pkcs1(ByteView block) const;

  // Self-signed.
  struct CertificateRequest {
    Bytes serial = {1};  // big-endian number
    std::string_view name = "software";
    std::string_view not_before = "20200229000000Z", not_after = "20501231235959Z";  // ASN1_TIME_set_string
  };
  Bytes certificate(const CertificateRequest& request) const;

  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit SoftwareKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

}  // namespace nethsm::test
