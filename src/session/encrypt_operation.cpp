// SPDX-License-Identifier: Apache-2.0
#include "session/encrypt_operation.h"

#include <utility>

#include "token/key_facts.h"
#include "token/plans.h"

namespace nethsm::session {

token::Result<EncryptOperation> start_encryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism) {
  const token::EncryptPlan plan = TRY(token::plan_encrypt(mechanism, *key));
  if (const auto* rsa = std::get_if<token::RsaCipher>(&plan.cipher)) {
    return EncryptOperation(RsaEncryption(*rsa, token::rsa_public_key(key->record->key)));
  }
  const auto& cbc = *std::get_if<token::CbcCipher>(&plan.cipher);
  CbcChain chain(CbcChain::Direction::kEncrypt, cbc.iv, cbc_encryption(std::move(token), std::move(key)));
  if (cbc.padded) return EncryptOperation(PaddedCbcEncryption(std::move(chain)));
  return EncryptOperation(CbcOperation(std::move(chain)));
}

}  // namespace nethsm::session
