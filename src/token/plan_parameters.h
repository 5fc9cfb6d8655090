// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "token/mechanisms.h"
#include "token/plans.h"

// The parameters of mechanisms (CK_MECHANISM.pParameter), checked and copied out of the caller's memory.
// Every refusal is CKR_MECHANISM_PARAM_INVALID.
namespace nethsm::token {

struct Pss {
  crypto::PssParameters parameters;
  std::optional<api::Mechanism> native;  // the device's mode that does just this
};
Result<Pss> pss_of(const CK_MECHANISM& mechanism, const MechanismRow& row);

struct OaepChoice {
  Oaep oaep;
  std::optional<api::Mechanism> native;
};
Result<OaepChoice> oaep_of(const CK_MECHANISM& mechanism, const MechanismRow& row);

Result<std::array<std::uint8_t, CbcCipher::kBlock>> iv_of(const CK_MECHANISM& mechanism,
                                                          const MechanismRow& row);
// Bytes of an authentication code.
Result<std::size_t> mac_length_of(const CK_MECHANISM& mechanism, const MechanismRow& row);

}  // namespace nethsm::token
