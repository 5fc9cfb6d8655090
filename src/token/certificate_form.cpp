// SPDX-License-Identifier: Apache-2.0
#include "token/certificate_form.h"

namespace nethsm::token {

std::shared_ptr<const crypto::Certificate> parse_certificate(ByteView stored) {
  constexpr std::uint8_t kSequence = 0x30;
  const bool is_der = !stored.empty() && stored.front() == kSequence;
  auto certificate = is_der ? crypto::Certificate::parse(stored) : crypto::Certificate::parse_pem(stored);
  if (!certificate) return nullptr;
  return std::make_shared<const crypto::Certificate>(std::move(*certificate));
}

Bytes stored_form(const crypto::Certificate& certificate, CertificateFormat format) {
  return format == CertificateFormat::kDer ? certificate.der() : certificate.pem();
}

}  // namespace nethsm::token
