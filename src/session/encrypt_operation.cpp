// SPDX-License-Identifier: Apache-2.0
#include "session/encrypt_operation.h"

#include <utility>

#include "token/plans.h"

namespace nethsm::session {

token::Result<EncryptOperation> start_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism) {
  const token::EncryptPlan plan = TRY(token::plan_encrypt(mechanism, *key));
  // Ciphertext is no secret, but the operation is the same in both directions.
  return EncryptOperation(CbcOperation::Direction::kEncrypt, plan.iv,
                          [token = std::move(token), key = std::move(key), mode = plan.mode](
                              ByteView blocks, ByteView iv) -> token::Result<SecretBytes> {
                            const Bytes ciphertext = TRY(token->encrypt(*key, mode, blocks, iv));
                            return SecretBytes(ciphertext.begin(), ciphertext.end());
                          });
}

}  // namespace nethsm::session
