// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/digest.h"
#include "nethsm/key.h"
#include "token/error.h"

// What is known of each mechanism that the module offers: one row a mechanism. The list and the information
// that applications see, the plans of operations, CKA_ALLOWED_MECHANISMS and the mechanisms of new keys
// derive from it.
namespace nethsm::token {

enum class KeyFamily : std::uint8_t { kRsa, kEc, kEdwards, kAes, kGenericSecret, kNone /* digests */ };

// A Generic key is an AES key as far as the device would use it as one.
KeyFamily family_of(const api::Key& key);
CK_KEY_TYPE key_type_of(KeyFamily family);

// What is done with the data of C_Sign and C_Verify.
enum class Scheme : std::uint8_t {
  kNone,
  kPkcs1,  // RSASSA-PKCS1-v1_5, of the data as it is or of a DigestInfo made here
  kPss,    // RSASSA-PSS, of a digest
  kRaw,    // RSA without padding: CKM_RSA_X_509
  kEcdsa,
  kEdDsa,
  kBip340,
  kCmac,
};

enum class Parameter : std::uint8_t {
  kNone,       // one that is given is CKR_MECHANISM_PARAM_INVALID
  kIgnored,    // none, but PowerDNS passes what happens to be in its memory
  kPss,        // CK_RSA_PKCS_PSS_PARAMS
  kOaep,       // CK_RSA_PKCS_OAEP_PARAMS
  kIv,         // 16 bytes
  kMacLength,  // CK_MAC_GENERAL_PARAMS
};

struct MechanismRow {
  CK_MECHANISM_TYPE type;
  std::string_view name;
  CK_ULONG min_key_size, max_key_size;  // bits; bytes for AES, as the standard has it
  CK_FLAGS flags;                       // as C_GetMechanismInfo shows them
  KeyFamily family;
  Parameter parameter = Parameter::kNone;
  Scheme scheme = Scheme::kNone;
  std::optional<crypto::DigestAlgorithm> digest = {};  // that the module computes first
  // What the device can do for C_Sign, C_Decrypt and C_Encrypt; the parameter picks one of several. What can
  // be done with a public key the module does itself.
  api::Mechanisms sign = {}, decrypt = {}, encrypt = {};
  // With which the module can stand in for `sign` and `decrypt`, by doing the padding itself.
  api::Mechanisms stand_in = {};

  constexpr api::Mechanisms usable() const { return sign | decrypt | encrypt | stand_in; }
};

std::span<const MechanismRow> mechanism_rows();
const MechanismRow* find_mechanism(CK_MECHANISM_TYPE type);  // null: not offered

// C_GetMechanismList and C_GetMechanismInfo, where these NetHSM mechanisms are withheld from applications.
std::vector<CK_MECHANISM_TYPE> mechanism_list(api::Mechanisms withheld);
Result<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, api::Mechanisms withheld);

// The row of a key (pair) generation mechanism; also for CKM_EDDSA, which GnuTLS 3.7 takes for one.
const MechanismRow* find_generation(CK_MECHANISM_TYPE type);

// Where every operation begins: the row of what is to be used in this way, one of the flags that
// C_GetMechanismInfo shows (else CKR_MECHANISM_INVALID). A parameter that the mechanism does not have is
// CKR_MECHANISM_PARAM_INVALID, the others are looked at by the plans. What has no bytes or no address is
// none.
Result<const MechanismRow*> row_for(const CK_MECHANISM& mechanism, CK_FLAGS use);

Unexpected<Error> bad_parameter(const MechanismRow& row, const char* reason);

// A hash function as the parameters of PSS and OAEP name it, and what the device itself can do with it: PSS
// with a salt as long as the hash, OAEP with an empty label, both with MGF1 over the same hash.
struct HashRow {
  CK_MECHANISM_TYPE hash;
  CK_RSA_PKCS_MGF_TYPE mgf;
  crypto::DigestAlgorithm algorithm;
  std::optional<api::Mechanism> pss, oaep;
};
const HashRow* find_hash(CK_MECHANISM_TYPE hash);
const HashRow* find_mgf(CK_RSA_PKCS_MGF_TYPE mgf);

// The hash of C_DigestInit; codes as of row_for.
Result<crypto::DigestAlgorithm> digest_of(const CK_MECHANISM& mechanism);

// CKA_ALLOWED_MECHANISMS of a key, and the NetHSM mechanisms that such a list asks for.
std::vector<CK_MECHANISM_TYPE> allowed_mechanisms(const api::Key& key);
api::Mechanisms device_mechanisms(std::span<const CK_MECHANISM_TYPE> allowed);

}  // namespace nethsm::token
