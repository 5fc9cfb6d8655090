// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <optional>
#include <string>
#include <vector>

namespace nethsm::simulator {

// The subject of a certificate signing request as the API takes it; empty parts are left out.
struct CsrSubject {
  std::string common_name;
  std::string country_name;
  std::string locality_name;
  std::string state_or_province_name;
  std::string organization_name;
  std::string organizational_unit_name;
  std::string email_address;
  // Absent: the common name as the only DNS name. Empty: no extension.
  std::optional<std::vector<std::string>> subject_alt_names;
};

// The request in PEM, signed with `digest` (null for Ed25519). With `ip_names`, an alternative name
// "IP:<address>" becomes an IP address (since 4.0), else every name is a DNS name.
std::string build_csr_pem(EVP_PKEY* pkey, const EVP_MD* digest, const CsrSubject& subject, bool ip_names);

}  // namespace nethsm::simulator
