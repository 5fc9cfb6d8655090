// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "crypto/digest.h"
#include "crypto/rsa_padding.h"
#include "nethsm/vocabulary.h"
#include "token/error.h"
#include "token/mechanisms.h"
#include "token/object.h"

// What an Init call settles, derived from the mechanism table, its parameter and the key, without any
// request: what the device will do and what the module, how the input is prepared and how long the output is.
// The operations of the session layer carry plans out.
namespace nethsm::token {

// What a signature is made of, whoever makes or verifies it.
struct SignaturePlan {
  Scheme scheme = Scheme::kNone;
  std::optional<crypto::DigestAlgorithm> digest = {};  // the module digests the data first
  crypto::PssParameters pss{};                         // kPss
  std::size_t max_input = SIZE_MAX;                    // bytes without `digest`; more is CKR_DATA_LEN_RANGE
  std::size_t exact_input = 0;       // kPss: bytes of the digest; kEcdsa: of which the leftmost count
  std::size_t signature_length = 0;  // bytes, exact
};

struct SignPlan : SignaturePlan {
  // With RSA_Decryption_RAW the module pads, and the device does the rest.
  api::Mechanism mode{};
};

// OAEP with everything that the parameter can say.
struct Oaep {
  crypto::DigestAlgorithm digest{}, mgf{};
  Bytes label;

  crypto::OaepParameters parameters() const { return {digest, mgf, label}; }
};

struct RsaCipher {
  enum class Padding : std::uint8_t { kNone, kPkcs1, kOaep };
  Padding padding = Padding::kNone;
  Oaep oaep;                  // kOaep
  std::size_t modulus = 0;    // bytes: of the ciphertext
  std::size_t max_plain = 0;  // bytes
};

struct CbcCipher {
  static constexpr std::size_t kBlock = 16;
  std::array<std::uint8_t, kBlock> iv{};
  bool padded = false;  // CKM_AES_CBC_PAD
};

struct DecryptPlan {
  // RSA_Decryption_RAW with a padding: the module takes it off.
  api::Mechanism mode{};
  std::variant<RsaCipher, CbcCipher> cipher;
};

struct EncryptPlan {
  api::Mechanism mode{};  // of AES; RSA is done by the module, with the public key
  std::variant<RsaCipher, CbcCipher> cipher;
};

// Codes: CKR_MECHANISM_INVALID (not offered for this use, or not by the NetHSM mechanisms of this key),
// CKR_MECHANISM_PARAM_INVALID (also where neither the device nor, with the NetHSM mechanisms of the key, the
// module can do what the parameter asks for), CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_SIZE_RANGE,
// CKR_KEY_FUNCTION_NOT_PERMITTED (the key has no NetHSM mechanism for this use, or is the other half of the
// pair).
//
// Signatures are made with private keys and verified with public ones, RSA likewise; AES keys do everything.
// `use` of plan_sign: CKF_SIGN or CKF_SIGN_RECOVER, of plan_verify: CKF_VERIFY or CKF_VERIFY_RECOVER.
Result<SignPlan> plan_sign(const CK_MECHANISM& mechanism, const Object& key, CK_FLAGS use = CKF_SIGN);
Result<SignPlan> plan_verify(const CK_MECHANISM& mechanism, const Object& key, CK_FLAGS use = CKF_VERIFY);
Result<DecryptPlan> plan_decrypt(const CK_MECHANISM& mechanism, const Object& key);
Result<EncryptPlan> plan_encrypt(const CK_MECHANISM& mechanism, const Object& key);

}  // namespace nethsm::token
