// SPDX-License-Identifier: Apache-2.0
#include "session/decrypt_operation.h"

#include <utility>

#include "crypto/rsa_padding.h"
#include "session/raw_signature.h"
#include "token/plans.h"

namespace nethsm::session {
namespace {

using Padding = token::RsaCipher::Padding;

// What the module takes off a block that the device has decrypted without a mode of its own. One answer for
// every block that is not well-formed.
token::Result<SecretBytes> unpadded(const token::RsaCipher& cipher, ByteView block) {
  auto plain = cipher.padding == Padding::kOaep ? crypto::oaep_unpad(cipher.oaep.parameters(), block)
                                                : crypto::pkcs1_unpad(block);
  if (plain) return std::move(*plain);
  return token::fail(CKR_ENCRYPTED_DATA_INVALID, "the RSA ciphertext is not valid");
}

RsaDecryption::Device rsa_device(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                 const token::DecryptPlan& plan, const token::RsaCipher& cipher) {
  if (plan.mode != api::Mechanism::kRsaDecryptionRaw) {
    return [token = std::move(token), key = std::move(key), mode = plan.mode](ByteView ciphertext) {
      return token->decrypt(*key, mode, ciphertext);
    };
  }
  RawRsa raw = raw_rsa(std::move(token), std::move(key));
  if (cipher.padding == Padding::kNone) return raw;
  return [raw = std::move(raw), cipher](ByteView ciphertext) -> token::Result<SecretBytes> {
    const SecretBytes block = TRY(raw(ciphertext));
    return unpadded(cipher, block);
  };
}

}  // namespace

token::Result<DecryptOperation> start_decryption(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                                 const CK_MECHANISM& mechanism) {
  const token::DecryptPlan plan = TRY(token::plan_decrypt(mechanism, *key));
  if (const auto* rsa = std::get_if<token::RsaCipher>(&plan.cipher)) {
    return DecryptOperation(RsaDecryption(rsa->modulus, rsa->max_plain,
                                          rsa_device(std::move(token), std::move(key), plan, *rsa)));
  }
  const auto& cbc = *std::get_if<token::CbcCipher>(&plan.cipher);
  CbcChain chain(CbcChain::Direction::kDecrypt, cbc.iv, cbc_decryption(std::move(token), std::move(key)));
  if (cbc.padded) return DecryptOperation(PaddedCbcDecryption(std::move(chain)));
  return DecryptOperation(CbcOperation(std::move(chain)));
}

}  // namespace nethsm::session
