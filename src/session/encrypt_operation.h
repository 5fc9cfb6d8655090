// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <variant>

#include "session/cbc_operation.h"
#include "session/padded_cbc_operation.h"
#include "session/rsa_encryption.h"
#include "token/token.h"

namespace nethsm::session {

using EncryptOperation = std::variant<CbcOperation, PaddedCbcEncryption, RsaEncryption>;

// The operation that a C_EncryptInit with these arguments begins; no request.
token::Result<EncryptOperation> start_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism);

}  // namespace nethsm::session
