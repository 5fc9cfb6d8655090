// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "token/certificate_form.h"

namespace nethsm::token {

// CN=sample, serial number 00cc18, P-256, of a key that nobody has.
inline constexpr std::string_view kSampleCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBaDCCAQ6gAwIBAgIDAMwYMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBnNhbXBs
ZTAgFw0yNjExMjEwNjIwMzJaGA8yMDgxMDgyNDA2MjAzMlowETEPMA0GA1UEAwwG
c2FtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESh2BejyCu/RO6QaaX80v
Ds5mSJD7haTYpMIeI4NLlsUgB6DXvV+1GgriQSNonuQUCOYfMSesXgGRXQuWidwf
iaNTMFEwHQYDVR0OBBYEFNuW7Ps526GBb0le2Kz8zNhIiay1MB8GA1UdIwQYMBaA
FNuW7Ps526GBb0le2Kz8zNhIiay1MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
AwIDSAAwRQIgYVQ1B8lOeXW4YMROyVcgcv+8rCK+Nyj3f8v/CyJPeqcCIQDWEGAm
nJFqEpvojjJxw+PrJZ9Dp7GQMbN4P1EPddlpxg==
-----END CERTIFICATE-----
)";

inline std::shared_ptr<const crypto::Certificate> sample_certificate() {
  return parse_certificate(as_bytes(kSampleCertificate));
}

}  // namespace nethsm::token
