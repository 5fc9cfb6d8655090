// SPDX-License-Identifier: Apache-2.0
#include "simulator/tls_identity.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "simulator/failure.h"
#include "simulator/openssl_handles.h"
#include "simulator/passphrase.h"

namespace nethsm::simulator {
namespace {

using X509Owner = std::shared_ptr<X509>;

// As on the device: valid from the beginning of its clock for good.
constexpr const char* kNotBefore = "19700101000000Z";
constexpr const char* kNotAfter = "99991231235959Z";
constexpr long kVersion3 = 2;
constexpr std::size_t kSerialBytes = 10;

void set_serial(X509* certificate) {
  const BnPtr number = to_bn(random_bytes(kSerialBytes));
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial number");
}

}  // namespace

TlsIdentity TlsIdentity::generate() {
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  require(key != nullptr, "EVP_PKEY_Q_keygen");
  return self_signed(std::move(key));
}

TlsIdentity TlsIdentity::self_signed(std::shared_ptr<EVP_PKEY> key) {
  const X509Owner certificate(X509_new(), X509_free);
  require(certificate != nullptr, "X509_new");
  X509* x = certificate.get();
  require(X509_set_version(x, kVersion3) == 1, "X509_set_version");
  set_serial(x);
  require(ASN1_TIME_set_string_X509(X509_getm_notBefore(x), kNotBefore) == 1, "notBefore");
  require(ASN1_TIME_set_string_X509(X509_getm_notAfter(x), kNotAfter) == 1, "notAfter");
  constexpr std::array<unsigned char, 9> kName = {'k', 'e', 'y', 'f', 'e', 'n', 'd', 'e', 'r'};
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, kName.data(),
                                     static_cast<int>(kName.size()), -1, 0) == 1 &&
              X509_set_issuer_name(x, X509_get_subject_name(x)) == 1,
          "name");
  require(X509_set_pubkey(x, key.get()) == 1 && X509_sign(x, key.get(), tls_digest(key.get())) > 0,
          "X509_sign");
  return {std::move(key), {certificate}};
}

std::string TlsIdentity::fingerprint() const {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(X509_digest(chain.front().get(), EVP_sha256(), digest.data(), &size) == 1, "X509_digest");
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += {kHex[digest[i] >> 4], kHex[digest[i] & 15]};
  return text;
}

std::string TlsIdentity::certificate_pem() const {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  require(memory != nullptr, "BIO_new");
  for (const auto& certificate : chain)
    require(PEM_write_bio_X509(memory.get(), certificate.get()) == 1, "PEM_write_bio_X509");
  return memory_text(memory.get());
}

std::string TlsIdentity::public_pem() const {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  require(memory != nullptr && PEM_write_bio_PUBKEY(memory.get(), key.get()) == 1, "PEM_write_bio_PUBKEY");
  return memory_text(memory.get());
}

const EVP_MD* tls_digest(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return nullptr;
  const int bits = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? EVP_PKEY_get_bits(key) : 0;
  return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
}

std::vector<X509Owner> read_certificate_chain(const std::string& pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(memory != nullptr, "BIO_new_mem_buf");
  std::vector<X509Owner> chain;
  while (X509* certificate = PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr))
    chain.emplace_back(certificate, X509_free);
  ERR_clear_error();
  return chain;
}

}  // namespace nethsm::simulator
