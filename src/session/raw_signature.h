// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "base/bytes.h"
#include "crypto/public_key.h"
#include "session/sign_operation.h"
#include "token/plans.h"

// RSA signatures that the device has no mode for: the module pads and the device raises the block to the
// private exponent (RSA_Decryption_RAW).
namespace nethsm::session {

using RawRsa = std::function<token::Result<SecretBytes>(ByteView block)>;

// `message` as SignatureInput gives it. What the device answers is checked with the public key before it is
// handed out: a faulty result could give the private key away.
token::Result<Bytes> sign_raw(const token::SignaturePlan& plan, const crypto::RsaPublicKey& key,
                              ByteView message, const RawRsa& device);

Signing::Device raw_signer(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                           const token::SignaturePlan& plan);

// The device's raw operation; blocks that it cannot be asked about are answered here.
RawRsa raw_rsa(std::shared_ptr<token::Token> token, token::ObjectPtr key);

}  // namespace nethsm::session
