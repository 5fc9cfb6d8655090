// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/obj_mac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nethsm::simulator {

// The facts about key types and mechanisms, each in one table row. The order of the rows of kMechanisms is
// the order in which the API lists the mechanisms of a key.

enum class KeyType {
  kRsa,
  kCurve25519,
  kEcP224,  // known by name, refused everywhere
  kEcP256,
  kEcP384,
  kEcP521,
  kEcP256K1,
  kBrainpoolP256,
  kBrainpoolP384,
  kBrainpoolP512,
  kGeneric,
};

enum class Digest { kNone, kMd5, kSha1, kSha224, kSha256, kSha384, kSha512 };

struct DigestRow {
  Digest digest;
  std::size_t bytes;
};

inline constexpr std::array<DigestRow, 7> kDigests{{
    {Digest::kNone, 0},
    {Digest::kMd5, 16},
    {Digest::kSha1, 20},
    {Digest::kSha224, 28},
    {Digest::kSha256, 32},
    {Digest::kSha384, 48},
    {Digest::kSha512, 64},
}};

constexpr std::size_t digest_bytes(Digest digest) {
  return std::find_if(kDigests.begin(), kDigests.end(), [=](auto& row) { return row.digest == digest; })
      ->bytes;
}

struct KeyTypeRow {
  KeyType type;
  std::string_view name;
  int curve = NID_undef;          // OpenSSL's number of the Weierstrass curve
  std::size_t field_bytes = 0;    // of a coordinate and of the private scalar
  Digest digest = Digest::kNone;  // its length is what ECDSA signs; used for the key's own CSR
};

inline constexpr std::array<KeyTypeRow, 11> kKeyTypes{{
    {KeyType::kRsa, "RSA", NID_undef, 0, Digest::kSha256},
    {KeyType::kCurve25519, "Curve25519"},
    {KeyType::kEcP224, "EC_P224", NID_secp224r1, 28, Digest::kSha224},
    {KeyType::kEcP256, "EC_P256", NID_X9_62_prime256v1, 32, Digest::kSha256},
    {KeyType::kEcP384, "EC_P384", NID_secp384r1, 48, Digest::kSha384},
    {KeyType::kEcP521, "EC_P521", NID_secp521r1, 66, Digest::kSha512},
    {KeyType::kEcP256K1, "EC_P256K1", NID_secp256k1, 32, Digest::kSha256},
    {KeyType::kBrainpoolP256, "BrainpoolP256", NID_brainpoolP256r1, 32, Digest::kSha256},
    {KeyType::kBrainpoolP384, "BrainpoolP384", NID_brainpoolP384r1, 48, Digest::kSha384},
    {KeyType::kBrainpoolP512, "BrainpoolP512", NID_brainpoolP512r1, 64, Digest::kSha512},
    {KeyType::kGeneric, "Generic"},
}};

constexpr const KeyTypeRow& key_type_row(KeyType type) {
  return *std::find_if(kKeyTypes.begin(), kKeyTypes.end(), [=](auto& row) { return row.type == type; });
}

constexpr const KeyTypeRow* find_key_type(std::string_view name) {
  auto row = std::find_if(kKeyTypes.begin(), kKeyTypes.end(), [=](auto& it) { return it.name == name; });
  return row == kKeyTypes.end() ? nullptr : &*row;
}

constexpr bool is_weierstrass(KeyType type) { return key_type_row(type).curve != NID_undef; }

enum class Use { kDecrypt, kSign, kEncrypt };
enum class Scheme { kRsaRaw, kRsaPkcs1, kRsaOaep, kRsaPss, kEdDsa, kEcdsa, kBip340, kAesCbc };

// One mechanism of the API: what a key may be used for, and the mode that asks for it.
struct Mechanism {
  std::string_view name;
  Use use;
  std::string_view mode;
  Scheme scheme;
  Digest digest = Digest::kNone;
};

inline constexpr std::array<Mechanism, 20> kMechanisms{{
    {"RSA_Decryption_RAW", Use::kDecrypt, "RAW", Scheme::kRsaRaw},
    {"RSA_Decryption_PKCS1", Use::kDecrypt, "PKCS1", Scheme::kRsaPkcs1},
    {"RSA_Decryption_OAEP_MD5", Use::kDecrypt, "OAEP_MD5", Scheme::kRsaOaep, Digest::kMd5},
    {"RSA_Decryption_OAEP_SHA1", Use::kDecrypt, "OAEP_SHA1", Scheme::kRsaOaep, Digest::kSha1},
    {"RSA_Decryption_OAEP_SHA224", Use::kDecrypt, "OAEP_SHA224", Scheme::kRsaOaep, Digest::kSha224},
    {"RSA_Decryption_OAEP_SHA256", Use::kDecrypt, "OAEP_SHA256", Scheme::kRsaOaep, Digest::kSha256},
    {"RSA_Decryption_OAEP_SHA384", Use::kDecrypt, "OAEP_SHA384", Scheme::kRsaOaep, Digest::kSha384},
    {"RSA_Decryption_OAEP_SHA512", Use::kDecrypt, "OAEP_SHA512", Scheme::kRsaOaep, Digest::kSha512},
    {"RSA_Signature_PKCS1", Use::kSign, "PKCS1", Scheme::kRsaPkcs1},
    {"RSA_Signature_PSS_MD5", Use::kSign, "PSS_MD5", Scheme::kRsaPss, Digest::kMd5},
    {"RSA_Signature_PSS_SHA1", Use::kSign, "PSS_SHA1", Scheme::kRsaPss, Digest::kSha1},
    {"RSA_Signature_PSS_SHA224", Use::kSign, "PSS_SHA224", Scheme::kRsaPss, Digest::kSha224},
    {"RSA_Signature_PSS_SHA256", Use::kSign, "PSS_SHA256", Scheme::kRsaPss, Digest::kSha256},
    {"RSA_Signature_PSS_SHA384", Use::kSign, "PSS_SHA384", Scheme::kRsaPss, Digest::kSha384},
    {"RSA_Signature_PSS_SHA512", Use::kSign, "PSS_SHA512", Scheme::kRsaPss, Digest::kSha512},
    {"EdDSA_Signature", Use::kSign, "EdDSA", Scheme::kEdDsa},
    {"ECDSA_Signature", Use::kSign, "ECDSA", Scheme::kEcdsa},
    {"BIP340_Signature", Use::kSign, "BIP340", Scheme::kBip340},
    {"AES_Encryption_CBC", Use::kEncrypt, "AES_CBC", Scheme::kAesCbc},
    {"AES_Decryption_CBC", Use::kDecrypt, "AES_CBC", Scheme::kAesCbc},
}};

// Mechanisms are referred to by their rows; nullptr: no such mechanism.
constexpr const Mechanism* find_mechanism(std::string_view name) {
  auto row = std::find_if(kMechanisms.begin(), kMechanisms.end(), [=](auto& it) { return it.name == name; });
  return row == kMechanisms.end() ? nullptr : &*row;
}

constexpr const Mechanism* find_mode(Use use, std::string_view mode) {
  auto row = std::find_if(kMechanisms.begin(), kMechanisms.end(),
                          [=](auto& it) { return it.use == use && it.mode == mode; });
  return row == kMechanisms.end() ? nullptr : &*row;
}

// True when keys of the type can do it; asked when a key is generated, not when it is imported.
constexpr bool fits(KeyType type, const Mechanism& mechanism) {
  switch (mechanism.scheme) {
    case Scheme::kRsaRaw:
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaOaep:
    case Scheme::kRsaPss:
      return type == KeyType::kRsa;
    case Scheme::kEdDsa:
      return type == KeyType::kCurve25519;
    case Scheme::kEcdsa:
      return is_weierstrass(type) && type != KeyType::kEcP224;
    case Scheme::kBip340:
      return type == KeyType::kEcP256K1;
    case Scheme::kAesCbc:
      return type == KeyType::kGeneric;
  }
  return false;
}

// The mechanisms of a key: a set over the rows of kMechanisms.
class MechanismSet {
 public:
  constexpr void insert(const Mechanism& mechanism) { bits_ |= bit(mechanism); }
  constexpr bool contains(const Mechanism& mechanism) const { return (bits_ & bit(mechanism)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const MechanismSet&) const = default;

 private:
  static constexpr std::uint32_t bit(const Mechanism& mechanism) {
    return std::uint32_t{1} << (&mechanism - kMechanisms.data());
  }
  std::uint32_t bits_ = 0;
};

static_assert(kMechanisms.size() <= 32);

}  // namespace nethsm::simulator
