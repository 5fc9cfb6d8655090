// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "base/bytes.h"
#include "session/cmac_operation.h"
#include "session/operation_slot.h"
#include "session/output.h"
#include "session/signature_input.h"
#include "token/token.h"

namespace nethsm::session {

// A signature in the making, as a plan of the mechanism table says. The device is asked once, after it is
// certain that the signature fits the caller's buffer: the length is known beforehand.
class Signing {
 public:
  // What the device signs -> the signature, in the device's form.
  using Device = std::function<token::Result<Bytes>(ByteView message)>;

  static token::Result<Signing> start(const token::SignaturePlan& plan, Device device);

  token::Result<Progress> one_shot(const Input& data, const Output& signature);
  token::Result<Progress> update(const Input& part);
  token::Result<Progress> finish(const Output& signature);

 private:
  Signing(const token::SignaturePlan& plan, SignatureInput input, Device device);

  token::Result<Bytes> message_for_device();
  token::Result<Bytes> as_pkcs11(Bytes answer) const;

  token::SignaturePlan plan_;
  SignatureInput input_;
  Device device_;
};

using SignOperation = std::variant<Signing, CmacSigning>;

// The operation that a C_SignInit (CKF_SIGN) or C_SignRecoverInit (CKF_SIGN_RECOVER) with these arguments
// begins; no request.
token::Result<SignOperation> start_signing(std::shared_ptr<token::Token> token, token::ObjectPtr key,
                                           const CK_MECHANISM& mechanism, CK_FLAGS use = CKF_SIGN);

}  // namespace nethsm::session
