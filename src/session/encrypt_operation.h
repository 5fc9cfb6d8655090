// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "session/cbc_operation.h"
#include "token/token.h"

namespace nethsm::session {

using EncryptOperation = CbcOperation;

// The operation that a C_EncryptInit with these arguments begins; no request.
token::Result<EncryptOperation> start_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism);

}  // namespace nethsm::session
