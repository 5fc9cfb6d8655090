// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "crypto/digest.h"
#include "session/operation_slot.h"
#include "session/output.h"

namespace nethsm::session {

// A message digest (PKCS#11 v3.2 §5.12), made here as the data comes in. The length is known beforehand, so
// that size queries and short buffers consume nothing.
class DigestOperation {
 public:
  static token::Result<DigestOperation> start(crypto::DigestAlgorithm algorithm);

  token::Result<Progress> one_shot(const Input& data, const Output& digest);
  token::Result<Progress> update(const Input& part);
  token::Result<Progress> finish(const Output& digest);

 private:
  explicit DigestOperation(crypto::Digest digest) : digest_(std::move(digest)) {}

  crypto::Digest digest_;
};

}  // namespace nethsm::session
