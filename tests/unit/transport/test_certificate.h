// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "transport/endpoint.h"

// Certificates made at run time, so that none can expire in the source tree.
namespace nethsm::test {

struct Certificate {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> x509;

  transport::Fingerprint fingerprint() const {
    transport::Fingerprint value{};
    X509_digest(x509.get(), EVP_sha256(), value.data(), nullptr);
    return value;
  }
  std::string pem() const {
    const std::shared_ptr<BIO> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(bio.get(), x509.get());
    char* text = nullptr;
    const long size = BIO_ctrl(bio.get(), BIO_CTRL_INFO, 0, &text);
    return {text, static_cast<std::size_t>(size)};
  }
};

inline void add_extension(X509* x509, X509* issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  const std::shared_ptr<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value),
                                                  X509_EXTENSION_free);
  if (!extension || X509_add_ext(x509, extension.get(), -1) != 1) throw std::runtime_error("extension");
}

// `names` as in openssl.cnf: "DNS:localhost,IP:127.0.0.1". Self-signed without an issuer.
inline Certificate make_certificate(const std::string& names, const Certificate* issuer = nullptr,
                                    bool is_ca = false) {
  static long serial = 1;
  Certificate made{{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free},
                   {X509_new(), X509_free}};
  auto* x509 = made.x509.get();
  const auto& signer = issuer == nullptr ? made : *issuer;
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, made.key.get());
  const auto common_name = "test " + std::to_string(serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(signer.x509.get()));
  if (is_ca) add_extension(x509, signer.x509.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (!names.empty()) add_extension(x509, signer.x509.get(), NID_subject_alt_name, names.c_str());
  if (X509_sign(x509, signer.key.get(), EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
  return made;
}

}  // namespace nethsm::test
