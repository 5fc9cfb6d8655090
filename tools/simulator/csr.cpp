// SPDX-License-Identifier: Apache-2.0
#include "simulator/csr.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>

#include "simulator/deterministic_ecdsa.h"
#include "simulator/key_material.h"
#include "simulator/openssl_handles.h"

namespace nethsm::simulator {
namespace {

using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslFree<&GENERAL_NAMES_free>>;

constexpr std::string_view kIpPrefix = "IP:";

struct SubjectPart {
  int nid;
  int string_type;
  std::string CsrSubject::*value;
};

// In the order of the request, each a relative distinguished name of its own.
constexpr std::array<SubjectPart, 7> kSubjectParts{{
    {NID_commonName, V_ASN1_UTF8STRING, &CsrSubject::common_name},
    {NID_countryName, V_ASN1_PRINTABLESTRING, &CsrSubject::country_name},
    {NID_localityName, V_ASN1_UTF8STRING, &CsrSubject::locality_name},
    {NID_stateOrProvinceName, V_ASN1_UTF8STRING, &CsrSubject::state_or_province_name},
    {NID_organizationName, V_ASN1_UTF8STRING, &CsrSubject::organization_name},
    {NID_organizationalUnitName, V_ASN1_UTF8STRING, &CsrSubject::organizational_unit_name},
    {NID_pkcs9_emailAddress, V_ASN1_IA5STRING, &CsrSubject::email_address},
}};

Bytes parse_ip(const std::string& text) {
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(AF_INET, text.c_str(), address.data()) == 1) return {address.begin(), address.begin() + 4};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return {address.begin(), address.end()};
  return {};
}

void add_name(GENERAL_NAMES* names, int kind, ASN1_STRING* value, std::span<const std::uint8_t> data) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  require(name && value && ASN1_STRING_set(value, data.data(), static_cast<int>(data.size())) == 1, "name");
  GENERAL_NAME_set0_value(name, kind, value);
  require(sk_GENERAL_NAME_push(names, name) > 0, "name");
}

// DNS names come before the IP addresses, each group in the order given.
GeneralNamesPtr general_names(const std::vector<std::string>& names, bool ip_names) {
  GeneralNamesPtr result(GENERAL_NAMES_new());
  std::vector<Bytes> addresses;
  for (const std::string& name : names) {
    Bytes address;
    if (ip_names && name.starts_with(kIpPrefix)) address = parse_ip(name.substr(kIpPrefix.size()));
    if (address.empty()) {
      add_name(result.get(), GEN_DNS, ASN1_IA5STRING_new(), to_bytes(name));
    } else {
      addresses.push_back(std::move(address));
    }
  }
  for (const Bytes& address : addresses) {
    add_name(result.get(), GEN_IPADD, ASN1_OCTET_STRING_new(), address);
  }
  return result;
}

void add_alternative_names(X509_REQ* request, const CsrSubject& subject, bool ip_names) {
  const auto names = subject.subject_alt_names.value_or(std::vector{subject.common_name});
  if (names.empty()) return;
  const GeneralNamesPtr value = general_names(names, ip_names);
  STACK_OF(X509_EXTENSION)* extensions = nullptr;
  const bool added = X509V3_add1_i2d(&extensions, NID_subject_alt_name, value.get(), 0, 0) == 1 &&
                     X509_REQ_add_extensions(request, extensions) == 1;
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  require(added, "subjectAltName");
}

void set_subject(X509_REQ* request, const CsrSubject& subject) {
  X509_NAME* name = X509_REQ_get_subject_name(request);
  for (const SubjectPart& part : kSubjectParts) {
    const std::string& text = subject.*part.value;
    if (text.empty()) continue;
    const Bytes value = to_bytes(text);
    require(X509_NAME_add_entry_by_NID(name, part.nid, part.string_type, value.data(),
                                       static_cast<int>(value.size()), -1, 0) == 1,
            "subject");
  }
}

bool is_on_nist_curve(EVP_PKEY* pkey) {
  std::array<char, 80> name{};
  if (EVP_PKEY_get_group_name(pkey, name.data(), name.size(), nullptr) != 1) return false;
  return EC_curve_nid2nist(OBJ_txt2nid(name.data())) != nullptr;
}

// As X509_REQ_sign, with the deterministic nonce of the genuine server.
void sign_deterministically(X509_REQ* request, EVP_PKEY* pkey, const EVP_MD* digest) {
  int algorithm = NID_undef;
  X509_ALGOR* identifier = X509_ALGOR_new();
  require(OBJ_find_sigid_by_algs(&algorithm, EVP_MD_get_type(digest), EVP_PKEY_EC) == 1 &&
              X509_ALGOR_set0(identifier, OBJ_nid2obj(algorithm), V_ASN1_UNDEF, nullptr) == 1 &&
              X509_REQ_set1_signature_algo(request, identifier) == 1,
          "signature algorithm");
  X509_ALGOR_free(identifier);
  Bytes data(static_cast<std::size_t>(i2d_re_X509_REQ_tbs(request, nullptr)));
  unsigned char* end = data.data();
  i2d_re_X509_REQ_tbs(request, &end);
  Bytes hash(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  require(EVP_Digest(data.data(), data.size(), hash.data(), nullptr, digest, nullptr) == 1, "EVP_Digest");
  const Bytes der = deterministic_ecdsa_sign(pkey, digest, hash);
  ASN1_BIT_STRING* signature = ASN1_BIT_STRING_new();
  require(signature && ASN1_STRING_set(signature, der.data(), static_cast<int>(der.size())) == 1,
          "signature");
  signature->flags = (signature->flags & ~7L) | ASN1_STRING_FLAG_BITS_LEFT;  // no unused bits
  X509_REQ_set0_signature(request, signature);
}

}  // namespace

std::string build_csr_pem(EVP_PKEY* pkey, const EVP_MD* digest, const CsrSubject& subject, bool ip_names) {
  const ExpectedErrors expected_errors;  // of keys that have no curve, or are too short to sign
  const X509ReqPtr request(X509_REQ_new());
  require(request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
              X509_REQ_set_pubkey(request.get(), pkey) == 1,
          "X509_REQ");
  set_subject(request.get(), subject);
  add_alternative_names(request.get(), subject, ip_names);
  if (is_on_nist_curve(pkey)) {
    sign_deterministically(request.get(), pkey, digest);
  } else if (X509_REQ_sign(request.get(), pkey, digest) <= 0) {
    throw KeyRefused("creating signing request: RSA key too short");
  }
  const BioPtr memory(BIO_new(BIO_s_mem()));
  require(memory && PEM_write_bio_X509_REQ(memory.get(), request.get()) == 1, "PEM_write_bio_X509_REQ");
  return memory_text(memory.get());
}

}  // namespace nethsm::simulator
