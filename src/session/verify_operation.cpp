// SPDX-License-Identifier: Apache-2.0
#include "session/verify_operation.h"

#include <algorithm>
#include <utility>

#include "crypto/constant_time.h"
#include "crypto/public_operations.h"
#include "token/key_facts.h"

namespace nethsm::session {
namespace {

using crypto::Verdict;
using token::Scheme;

token::Status check_length(ByteView signature, std::size_t expected) {
  if (signature.size() == expected) return Ok{};
  return token::fail(CKR_SIGNATURE_LEN_RANGE);
}

crypto::Result<Verdict> verify_raw(const crypto::RsaPublicKey& key, ByteView message, ByteView signature) {
  const auto block = crypto::encrypt_rsa_raw(key, signature);
  if (!block) return Verdict::kForged;  // a number beyond the modulus
  const std::size_t zeros = block->size() - message.size();
  const auto begin = block->begin() + static_cast<std::ptrdiff_t>(zeros);
  const bool equal = std::all_of(block->begin(), begin, [](std::uint8_t byte) { return byte == 0; }) &&
                     std::equal(begin, block->end(), message.begin());
  return equal ? Verdict::kGenuine : Verdict::kForged;
}

crypto::Result<Verdict> verify_rsa(const token::SignaturePlan& plan, const crypto::RsaPublicKey& key,
                                   ByteView message, ByteView signature) {
  if (plan.scheme == Scheme::kPss) return crypto::verify_rsa_pss(key, plan.pss, message, signature);
  if (plan.scheme == Scheme::kPkcs1) return crypto::verify_rsa_pkcs1(key, message, signature);
  return verify_raw(key, message, signature);
}

crypto::Result<Verdict> verify(const token::SignaturePlan& plan, const crypto::PublicKey& key,
                               ByteView message, ByteView signature) {
  if (const auto* rsa = std::get_if<crypto::RsaPublicKey>(&key)) {
    return verify_rsa(plan, *rsa, message, signature);
  }
  const auto& ec = *std::get_if<crypto::EcPublicKey>(&key);
  if (plan.scheme == Scheme::kEcdsa) return crypto::verify_ecdsa(ec, message, signature);
  if (plan.scheme == Scheme::kBip340) return crypto::verify_bip340(ec, message, signature);
  return crypto::verify_ed25519(ec, message, signature);
}

token::Result<crypto::PublicKey> public_key(const token::Object& object) {
  auto key = token::public_key(object.record->key);
  if (key) return std::move(*key);
  return token::fail(CKR_FUNCTION_FAILED, "the device has not told the public part of the key");
}

}  // namespace

token::Result<Verifying> Verifying::start(const token::SignaturePlan& plan, crypto::PublicKey key) {
  return Verifying(plan, TRY(SignatureInput::start(plan)), std::move(key));
}

Verifying::Verifying(const token::SignaturePlan& plan, SignatureInput input, crypto::PublicKey key)
    : plan_(plan), input_(std::move(input)), key_(std::move(key)) {}

token::Status Verifying::finish(ByteView signature) {
  TRY(check_length(signature, plan_.signature_length));
  const Bytes message = TRY(input_.finish());
  const auto verdict = verify(plan_, key_, message, signature);
  if (!verdict) return token::fail(CKR_FUNCTION_FAILED, verdict.error().message);
  if (*verdict == Verdict::kForged) return token::fail(CKR_SIGNATURE_INVALID);
  return Ok{};
}

CmacVerifying::CmacVerifying(std::size_t length, CbcChain::Device encryption)
    : length_(length), cmac_(std::move(encryption)) {}

token::Status CmacVerifying::finish(ByteView signature) {
  TRY(check_length(signature, length_));
  const Bytes code = TRY(cmac_.finish());
  if (crypto::constant_time::differences(signature, ByteView(code).first(length_)) == 0) return Ok{};
  return token::fail(CKR_SIGNATURE_INVALID);
}

VerifyOperation::VerifyOperation(Kind kind, std::optional<Bytes> signature)
    : kind_(std::move(kind)), signature_(std::move(signature)) {}

token::Result<Progress> VerifyOperation::one_shot(const Input& data, const Input& signature) {
  const ByteView given = TRY(Input(signature));
  // Without looking at the data, which may be long.
  TRY(check_length(given, std::visit([](const auto& kind) { return kind.signature_length(); }, kind_)));
  TRY(update(data));
  return finish(given);
}

token::Result<Progress> VerifyOperation::update(const Input& part) {
  const ByteView data = TRY(Input(part));
  TRY(std::visit([&](auto& kind) { return kind.add(data); }, kind_));
  return Progress::kContinues;
}

token::Result<Progress> VerifyOperation::finish(const Input& signature) {
  const ByteView given = TRY(Input(signature));
  TRY(std::visit([&](auto& kind) { return kind.finish(given); }, kind_));
  return Progress::kFinished;
}

token::Result<VerifyOperation::Kind> start_verifying(std::shared_ptr<token::Token> token,
                                                     token::ObjectPtr key, const CK_MECHANISM& mechanism) {
  const token::SignPlan plan = TRY(token::plan_verify(mechanism, *key));
  if (plan.scheme == Scheme::kCmac) {
    return VerifyOperation::Kind(
        CmacVerifying(plan.signature_length, cbc_encryption(std::move(token), std::move(key))));
  }
  crypto::PublicKey with = TRY(public_key(*key));
  return VerifyOperation::Kind(TRY(Verifying::start(plan, std::move(with))));
}

RecoverOperation::RecoverOperation(const token::SignaturePlan& plan, crypto::RsaPublicKey key)
    : plan_(plan), key_(std::move(key)) {}

token::Result<Progress> RecoverOperation::one_shot(const Input& signature, const Output& data) const {
  const ByteView given = TRY(Input(signature));
  TRY(check_length(given, plan_.signature_length));
  const auto block = crypto::encrypt_rsa_raw(key_, given);
  if (!block) return token::fail(CKR_SIGNATURE_INVALID, block.error().message);
  ByteView recovered = *block;
  if (plan_.scheme == Scheme::kPkcs1) {
    const auto encoded = crypto::pkcs1_decode(*block);
    if (!encoded) return token::fail(CKR_SIGNATURE_INVALID);
    recovered = *encoded;
  }
  if (!TRY(data.takes(recovered.size()))) return Progress::kSizeQuery;
  data.write(recovered);
  return Progress::kFinished;
}

token::Result<RecoverOperation> start_recovering(const token::ObjectPtr& key, const CK_MECHANISM& mechanism) {
  const token::SignPlan plan = TRY(token::plan_verify(mechanism, *key, CKF_VERIFY_RECOVER));
  return RecoverOperation(plan, token::rsa_public_key(key->record->key));
}

}  // namespace nethsm::session
