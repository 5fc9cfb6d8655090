// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// A certification authority, once with basic constraints and once in version 1, which has no extensions; and
// a certificate that it has issued, of a P-256 key.
namespace nethsm::token {

inline constexpr std::string_view kAuthorityCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBbTCCARKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlhdXRob3Jp
dHkwIBcNMjYxMTIxMDg1MzM4WhgPMjA4MTA4MjQwODUzMzhaMBQxEjAQBgNVBAMM
CWF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEYkFTlwCc1wik4g
bb7Skq3tOia+d+83kmA0eya7jGgO5Y23RslDdkLU8wupAfmWkreV/HH1tBeGFdPQ
BEcrPNqjUzBRMB0GA1UdDgQWBBT5D0GTqlrVEm22AIVnZjausdNZ2TAfBgNVHSME
GDAWgBT5D0GTqlrVEm22AIVnZjausdNZ2TAPBgNVHRMBAf8EBTADAQH/MAoGCCqG
SM49BAMCA0kAMEYCIQCM8O6E0jEsFgHZ4Ymad+ExoP9QrPflF9fqdS4dAaLlyAIh
AMAABK5b+ZLxqEH+hjXQY2+V1hPxjBzEXz8o/zyuxhPs
-----END CERTIFICATE-----
)";

inline constexpr std::string_view kOldAuthorityCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBEjCBuAIBAzAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlhdXRob3JpdHkwIBcN
MjYxMTIxMDg1MzM5WhgPMjA4MTA4MjQwODUzMzlaMBQxEjAQBgNVBAMMCWF1dGhv
cml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEYkFTlwCc1wik4gbb7Skq3t
Oia+d+83kmA0eya7jGgO5Y23RslDdkLU8wupAfmWkreV/HH1tBeGFdPQBEcrPNow
CgYIKoZIzj0EAwIDSQAwRgIhAOVRmfFjqeLoUof5KeajBy4wHFL3EGNu2QOsTR8t
z/4VAiEAqgq2em7AWGQErG3Y+8DwSrPQLq1Me1iWMnW9me3w0ds=
-----END CERTIFICATE-----
)";

inline constexpr std::string_view kLeafCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBAjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlhdXRob3Jp
dHkwIBcNMjYxMTIxMDg1MzM4WhgPMjA3ODExMjgwODUzMzhaMA8xDTALBgNVBAMM
BGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASueVj7MfbUvDGjwlPK3vOl
nbOkz/WppO6A4Ktshd9F4da4bu30fKaJnWDI+fAsfPwuqtpf7zRTEzsyDJYevHR/
o00wSzAJBgNVHRMEAjAAMB0GA1UdDgQWBBQKO3EdfSD1TpdFI/9qnCWsBPgBEjAf
BgNVHSMEGDAWgBT5D0GTqlrVEm22AIVnZjausdNZ2TAKBggqhkjOPQQDAgNIADBF
AiEA3QOFdV8TzcibEhOqxrJhVAgeBnV7/yfStGKEGS0CuMsCIFFtKQlVWMCnLmlx
P4OFfDmplc+Uuhi9+hmuU2w4HUo7
-----END CERTIFICATE-----
)";

inline constexpr std::string_view kLeafScalar =
    "49bb7ac7fabfd9a25631f1346e4ad3ce2e06f0c5474ff05e75f564fcb001ff66";

}  // namespace nethsm::token
