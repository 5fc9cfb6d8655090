// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <variant>

#include "session/cbc_operation.h"
#include "session/padded_cbc_operation.h"
#include "session/rsa_decryption.h"
#include "token/token.h"

namespace nethsm::session {

using DecryptOperation = std::variant<RsaDecryption, CbcOperation, PaddedCbcDecryption>;

// The operation that a C_DecryptInit with these arguments begins; no request.
token::Result<DecryptOperation> start_decryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism);

}  // namespace nethsm::session
