// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "token/plans.h"

namespace nethsm::session {

// A signature in the making, as a plan of the mechanism table says. Mechanisms with a digest are digested as
// the data comes in; the others keep what the device has to see, never more. The device is asked once, after
// it is certain that the signature fits the caller's buffer: the length is known beforehand.
class SignOperation {
 public:
  using Device = std::function<token::Result<Bytes>(ByteView message)>;

  static token::Result<SignOperation> start(const token::SignPlan& plan, Device device);

  token::Result<Progress> one_shot(const Input& data, const Output& signature);
  token::Result<Progress> update(const Input& part);
  token::Result<Progress> finish(const Output& signature);

 private:
  SignOperation(const token::SignPlan& plan, std::optional<crypto::Digest> digest, Device device);

  token::Status absorb(ByteView part);
  token::Status keep(ByteView part);
  token::Result<Bytes> message_for_device();
  token::Result<Bytes> as_pkcs11(Bytes answer) const;

  token::SignPlan plan_;
  std::optional<crypto::Digest> digest_;
  Bytes kept_;
  Device device_;
};

}  // namespace nethsm::session
