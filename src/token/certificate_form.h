// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/bytes.h"
#include "crypto/x509.h"
#include "token/token.h"

// Certificates on the device are plain bytes, PEM or DER as the slot says; both are understood when read.
namespace nethsm::token {

std::shared_ptr<const crypto::Certificate> parse_certificate(ByteView stored);  // null: not a certificate
Bytes stored_form(const crypto::Certificate& certificate, CertificateFormat format);

}  // namespace nethsm::token
