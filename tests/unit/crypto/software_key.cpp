// SPDX-License-Identifier: Apache-2.0
#include "software_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <map>
#include <stdexcept>
#include <string>

namespace nethsm::test {
namespace {

using Context = std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)>;

void expect(bool success, const char* what) {
  if (!success) throw std::runtime_error(std::string("OpenSSL, in the test itself: ") + what);
}

Context context_of(const SoftwareKey& key) {
  return {EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free};
}

const EVP_MD* md(DigestAlgorithm algorithm) {
  return EVP_get_digestbyname(crypto::digest_row(algorithm).name);
}

// i2d_* of any type.
template <class Object, class Encode>
Bytes der_of(Object* object, Encode encode) {
  Bytes der(static_cast<std::size_t>(encode(object, nullptr)));
  unsigned char* end = der.data();
  encode(object, &end);
  return der;
}

template <class Operation>
Bytes output_of(EVP_PKEY_CTX* context, Operation operation, ByteView input, const char* what) {
  std::size_t size = 0;
  expect(operation(context, nullptr, &size, input.data(), input.size()) == 1, what);
  Bytes out(size);
  expect(operation(context, out.data(), &size, input.data(), input.size()) == 1, what);
  out.resize(size);
  return out;
}

void set_pss(EVP_PKEY_CTX* context, DigestAlgorithm digest, DigestAlgorithm mgf, int salt_length) {
  expect(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1, "PSS padding");
  expect(EVP_PKEY_CTX_set_signature_md(context, md(digest)) == 1, "PSS digest");
  expect(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md(mgf)) == 1, "PSS mask");
  expect(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt_length) == 1, "PSS salt");
}

}  // namespace

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes) throw std::invalid_argument("not hex");
  return *bytes;
}

const SoftwareKey& SoftwareKey::rsa(unsigned bits) {
  static std::map<unsigned, SoftwareKey> keys;
  auto known = keys.find(bits);
  if (known == keys.end()) {
    known = keys.emplace(bits, SoftwareKey(EVP_RSA_gen(bits))).first;
    expect(known->second.get() != nullptr, "RSA key generation");
  }
  return known->second;
}

const SoftwareKey& SoftwareKey::on(Curve curve) {
  static std::map<Curve, SoftwareKey> keys;
  auto known = keys.find(curve);
  if (known == keys.end()) {
    const char* name = crypto::curve_row(curve).name;
    EVP_PKEY* key = curve == Curve::kEd25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, name)
                                             : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", name);
    expect(key != nullptr, name);
    known = keys.emplace(curve, SoftwareKey(key)).first;
  }
  return known->second;
}

Bytes SoftwareKey::public_key_info() const { return der_of(get(), i2d_PUBKEY); }

Bytes SoftwareKey::component(const char* name) const {
  BIGNUM* number = nullptr;
  expect(EVP_PKEY_get_bn_param(get(), name, &number) == 1, name);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return bytes;
}

crypto::RsaPublicKey SoftwareKey::rsa_public() const {
  return {component(OSSL_PKEY_PARAM_RSA_N), component(OSSL_PKEY_PARAM_RSA_E)};
}

crypto::EcPublicKey SoftwareKey::ec_public() const {
  Bytes point(200);
  std::size_t size = 0;
  expect(
      EVP_PKEY_get_octet_string_param(get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == 1,
      "public point");
  point.resize(size);
  for (const crypto::CurveRow& row : crypto::kCurves) {
    if (&SoftwareKey::on(row.curve) == this) return {row.curve, point};
  }
  throw std::logic_error("not a key on a curve");
}

Bytes SoftwareKey::raw_decrypt(ByteView block) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_decrypt_init(context.get()) == 1, "decrypt");
  expect(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1, "no padding");
  return output_of(context.get(), EVP_PKEY_decrypt, block, "raw decryption");
}

Bytes SoftwareKey::sign_pkcs1(ByteView digest_info) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_sign_init(context.get()) == 1, "sign");
  expect(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1, "PKCS #1 padding");
  return output_of(context.get(), EVP_PKEY_sign, digest_info, "PKCS #1 signature");
}

Bytes SoftwareKey::sign_pss(DigestAlgorithm digest, DigestAlgorithm mgf, int salt_length,
                            ByteView value) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_sign_init(context.get()) == 1, "sign");
  set_pss(context.get(), digest, mgf, salt_length);
  return output_of(context.get(), EVP_PKEY_sign, value, "PSS signature");
}

bool SoftwareKey::verify_pss(DigestAlgorithm digest, DigestAlgorithm mgf, int salt_length, ByteView value,
                             ByteView signature) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_verify_init(context.get()) == 1, "verify");
  set_pss(context.get(), digest, mgf, salt_length);
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), value.data(), value.size()) == 1;
}

Bytes SoftwareKey::sign_ecdsa(ByteView digest) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_sign_init(context.get()) == 1, "sign");
  return output_of(context.get(), EVP_PKEY_sign, digest, "ECDSA signature");
}

Bytes SoftwareKey::sign_ed25519(ByteView message) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  expect(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, get()) == 1, "Ed25519");
  Bytes signature(64);
  std::size_t size = signature.size();
  expect(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
         "Ed25519");
  return signature;
}

Bytes SoftwareKey::decrypt_oaep(DigestAlgorithm digest, DigestAlgorithm mgf, ByteView label,
                                ByteView block) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_decrypt_init(context.get()) == 1, "decrypt");
  expect(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1, "OAEP padding");
  expect(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), md(digest)) == 1, "OAEP digest");
  expect(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), md(mgf)) == 1, "OAEP mask");
  if (!label.empty()) {
    void* copy = OPENSSL_memdup(label.data(), label.size());
    expect(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) == 1,
           "OAEP label");
  }
  return output_of(context.get(), EVP_PKEY_decrypt, block, "OAEP decryption");
}

Bytes SoftwareKey::decrypt_pkcs1(ByteView block) const {
  const auto context = context_of(*this);
  expect(EVP_PKEY_decrypt_init(context.get()) == 1, "decrypt");
  expect(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1, "PKCS #1 padding");
  return output_of(context.get(), EVP_PKEY_decrypt, block, "PKCS #1 decryption");
}

Bytes SoftwareKey::certificate(const CertificateRequest& request) const {
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  expect(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "version");
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> serial(
      BN_bin2bn(request.serial.data(), static_cast<int>(request.serial.size()), nullptr), BN_free);
  expect(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) != nullptr,
         "serial number");
  X509_NAME* name = X509_get_subject_name(certificate.get());
  expect(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(request.name.data()),
                                    static_cast<int>(request.name.size()), -1, 0) == 1,
         "name");
  expect(X509_set_issuer_name(certificate.get(), name) == 1, "issuer");
  expect(ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()),
                                   std::string(request.not_before).c_str()) == 1,
         "not before");
  expect(ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()),
                                   std::string(request.not_after).c_str()) == 1,
         "not after");
  expect(X509_set_pubkey(certificate.get(), get()) == 1, "public key");
  const bool is_edwards = EVP_PKEY_is_a(get(), "ED25519") == 1;
  expect(X509_sign(certificate.get(), get(), is_edwards ? nullptr : EVP_sha256()) > 0, "signature");
  return der_of(certificate.get(), i2d_X509);
}

}  // namespace nethsm::test
