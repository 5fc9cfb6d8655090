// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "token/plans.h"

namespace nethsm::session {

// The data of a signature, to be made or to be verified, on its way to what is signed: digested as it comes
// in, if the mechanism digests, else kept, and never more of it than counts.
class SignatureInput {
 public:
  static token::Result<SignatureInput> start(const token::SignaturePlan& plan);

  token::Status add(ByteView part);
  // PKCS #1 v1.5: the DigestInfo, or the data. PSS, ECDSA: the digest. Else the data.
  token::Result<Bytes> finish();

 private:
  SignatureInput(const token::SignaturePlan& plan, std::optional<crypto::Digest> digest);

  token::Status keep(ByteView part);

  token::SignaturePlan plan_;
  std::optional<crypto::Digest> digest_;
  Bytes kept_;
};

}  // namespace nethsm::session
