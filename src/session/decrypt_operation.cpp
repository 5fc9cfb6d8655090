// SPDX-License-Identifier: Apache-2.0
#include "session/decrypt_operation.h"

#include <utility>

#include "token/plans.h"

namespace nethsm::session {

token::Result<DecryptOperation> start_decryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism) {
  const token::DecryptPlan plan = TRY(token::plan_decrypt(mechanism, *key));
  if (plan.iv) {
    return DecryptOperation(
        CbcOperation(CbcOperation::Direction::kDecrypt, *plan.iv,
                     [token = std::move(token), key = std::move(key), mode = plan.mode](
                         ByteView blocks, ByteView iv) { return token->decrypt(*key, mode, blocks, iv); }));
  }
  return DecryptOperation(
      RsaDecryption(plan.exact_input, plan.max_output,
                    [token = std::move(token), key = std::move(key), mode = plan.mode](ByteView ciphertext) {
                      return token->decrypt(*key, mode, ciphertext);
                    }));
}

}  // namespace nethsm::session
