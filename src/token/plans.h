// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "crypto/digest.h"
#include "nethsm/vocabulary.h"
#include "token/error.h"
#include "token/object.h"

// What an Init call settles, derived from the mechanism table, its parameter and the key, without any
// request: which device operation will be used, how the input is prepared and how long the output is. The
// operations of the session layer carry plans out.
namespace nethsm::token {

struct SignPlan {
  enum class Input : std::uint8_t {
    kMessage,     // goes to the device as it is (EdDSA; CKM_RSA_PKCS: the caller has encoded the DigestInfo)
    kDigest,      // is, or is digested to, exactly the length that the mode demands (PSS)
    kDigestInfo,  // is digested and wrapped in a DigestInfo (CKM_SHA256_RSA_PKCS ...)
    kEcdsa,       // a digest of any length, cut or padded to what the device takes (FIPS 186-5 §6.4.1)
  };
  api::Mechanism mode{};
  Input input = Input::kMessage;
  std::optional<crypto::DigestAlgorithm> digest;  // the module digests the input first
  std::size_t exact_input = 0;                    // kDigest: bytes; kEcdsa: bytes that the device takes
  std::size_t max_input = SIZE_MAX;               // kMessage: more is CKR_DATA_LEN_RANGE
  std::size_t signature_length = 0;               // bytes, exact
};

struct DecryptPlan {
  api::Mechanism mode{};
  std::optional<std::array<std::uint8_t, 16>> iv;  // AES-CBC
  std::size_t block = 0;        // AES: 16, whole blocks are done at once; RSA: 0, one piece
  std::size_t exact_input = 0;  // RSA: modulus bytes
  std::size_t max_output = 0;   // RSA: bytes
};

struct EncryptPlan {
  api::Mechanism mode{};
  std::array<std::uint8_t, 16> iv{};
  std::size_t block = 16;
};

// Codes: CKR_MECHANISM_INVALID (not offered for this use), CKR_MECHANISM_PARAM_INVALID,
// CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED (the key lacks the NetHSM mechanism).
Result<SignPlan> plan_sign(const CK_MECHANISM& mechanism, const Object& key);
Result<DecryptPlan> plan_decrypt(const CK_MECHANISM& mechanism, const Object& key);
Result<EncryptPlan> plan_encrypt(const CK_MECHANISM& mechanism, const Object& key);

}  // namespace nethsm::token
