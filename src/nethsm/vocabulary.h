// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The words of the NetHSM API: key types, mechanisms and modes, each spelled in one place.
namespace nethsm::api {

enum class KeyType : std::uint8_t {
  kRsa,
  kCurve25519,
  kEcP256,
  kEcP384,
  kEcP521,
  kEcP256K1,
  kBrainpoolP256,
  kBrainpoolP384,
  kBrainpoolP512,
  kGeneric,
};
inline constexpr std::array<std::string_view, 10> kKeyTypeNames = {
    "RSA",       "Curve25519",    "EC_P256",       "EC_P384",       "EC_P521",
    "EC_P256K1", "BrainpoolP256", "BrainpoolP384", "BrainpoolP512", "Generic",
};

// In the order in which the device lists them.
enum class Mechanism : std::uint8_t {
  kRsaDecryptionRaw,
  kRsaDecryptionPkcs1,
  kRsaDecryptionOaepMd5,
  kRsaDecryptionOaepSha1,
  kRsaDecryptionOaepSha224,
  kRsaDecryptionOaepSha256,
  kRsaDecryptionOaepSha384,
  kRsaDecryptionOaepSha512,
  kRsaSignaturePkcs1,
  kRsaSignaturePssMd5,
  kRsaSignaturePssSha1,
  kRsaSignaturePssSha224,
  kRsaSignaturePssSha256,
  kRsaSignaturePssSha384,
  kRsaSignaturePssSha512,
  kEdDsaSignature,
  kEcdsaSignature,
  kBip340Signature,
  kAesEncryptionCbc,
  kAesDecryptionCbc,
};

struct MechanismName {
  std::string_view name;  // in the mechanism list of a key
  std::string_view mode;  // in the body of sign, decrypt and encrypt
};
inline constexpr std::array<MechanismName, 20> kMechanismNames = {{
    {"RSA_Decryption_RAW", "RAW"},
    {"RSA_Decryption_PKCS1", "PKCS1"},
    {"RSA_Decryption_OAEP_MD5", "OAEP_MD5"},
    {"RSA_Decryption_OAEP_SHA1", "OAEP_SHA1"},
    {"RSA_Decryption_OAEP_SHA224", "OAEP_SHA224"},
    {"RSA_Decryption_OAEP_SHA256", "OAEP_SHA256"},
    {"RSA_Decryption_OAEP_SHA384", "OAEP_SHA384"},
    {"RSA_Decryption_OAEP_SHA512", "OAEP_SHA512"},
    {"RSA_Signature_PKCS1", "PKCS1"},
    {"RSA_Signature_PSS_MD5", "PSS_MD5"},
    {"RSA_Signature_PSS_SHA1", "PSS_SHA1"},
    {"RSA_Signature_PSS_SHA224", "PSS_SHA224"},
    {"RSA_Signature_PSS_SHA256", "PSS_SHA256"},
    {"RSA_Signature_PSS_SHA384", "PSS_SHA384"},
    {"RSA_Signature_PSS_SHA512", "PSS_SHA512"},
    {"EdDSA_Signature", "EdDSA"},
    {"ECDSA_Signature", "ECDSA"},
    {"BIP340_Signature", "BIP340"},
    {"AES_Encryption_CBC", "AES_CBC"},
    {"AES_Decryption_CBC", "AES_CBC"},
}};

constexpr std::string_view to_string(KeyType type) { return kKeyTypeNames[static_cast<std::size_t>(type)]; }
constexpr std::string_view to_string(Mechanism m) {
  return kMechanismNames[static_cast<std::size_t>(m)].name;
}
constexpr std::string_view mode_of(Mechanism m) { return kMechanismNames[static_cast<std::size_t>(m)].mode; }

std::optional<KeyType> parse_key_type(std::string_view name);
std::optional<Mechanism> parse_mechanism(std::string_view name);

// A set that remembers nothing but membership; iterating goes in the device's order.
class Mechanisms {
 public:
  constexpr Mechanisms() = default;
  constexpr Mechanisms(std::initializer_list<Mechanism> list) {
    for (auto m : list) add(m);
  }
  constexpr void add(Mechanism m) { bits_ |= bit(m); }
  constexpr bool has(Mechanism m) const { return (bits_ & bit(m)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr Mechanisms operator|(Mechanisms other) const { return Mechanisms(bits_ | other.bits_); }
  constexpr Mechanisms operator&(Mechanisms other) const { return Mechanisms(bits_ & other.bits_); }
  constexpr Mechanisms without(Mechanism m) const { return Mechanisms(bits_ & ~bit(m)); }
  constexpr Mechanisms without(Mechanisms other) const { return Mechanisms(bits_ & ~other.bits_); }
  friend constexpr bool operator==(Mechanisms, Mechanisms) = default;

  template <class F>
  constexpr void for_each(F&& f) const {
    for (std::size_t i = 0; i < kMechanismNames.size(); ++i) {
      if ((bits_ >> i & 1U) != 0) f(static_cast<Mechanism>(i));
    }
  }

 private:
  explicit constexpr Mechanisms(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Mechanism m) { return std::uint32_t{1} << static_cast<unsigned>(m); }
  std::uint32_t bits_ = 0;
};

// All that the device accepts for a new key of the type.
constexpr Mechanisms mechanisms_of(KeyType type) {
  using M = Mechanism;
  switch (type) {
    case KeyType::kRsa:
      return {M::kRsaDecryptionRaw,        M::kRsaDecryptionPkcs1,      M::kRsaDecryptionOaepMd5,
              M::kRsaDecryptionOaepSha1,   M::kRsaDecryptionOaepSha224, M::kRsaDecryptionOaepSha256,
              M::kRsaDecryptionOaepSha384, M::kRsaDecryptionOaepSha512, M::kRsaSignaturePkcs1,
              M::kRsaSignaturePssMd5,      M::kRsaSignaturePssSha1,     M::kRsaSignaturePssSha224,
              M::kRsaSignaturePssSha256,   M::kRsaSignaturePssSha384,   M::kRsaSignaturePssSha512};
    case KeyType::kCurve25519:
      return {M::kEdDsaSignature};
    case KeyType::kEcP256K1:
      return {M::kEcdsaSignature, M::kBip340Signature};
    case KeyType::kGeneric:
      return {M::kAesEncryptionCbc, M::kAesDecryptionCbc};
    default:
      return {M::kEcdsaSignature};
  }
}

// Users: an id, or "namespace~id".
bool is_valid_user(std::string_view name);
// Of a user; empty: the root namespace.
std::string_view namespace_of(std::string_view user);
inline constexpr std::size_t kMinPassphraseLength = 10;   // bytes
inline constexpr std::size_t kMaxPassphraseLength = 200;  // bytes

// NetHSM ids: [A-Za-z0-9][A-Za-z0-9_.-]{0,127}.
bool is_valid_id(std::string_view id);
inline constexpr std::size_t kMaxIdLength = 128;
inline constexpr std::size_t kMaxLabelLength = 32;     // bytes, UTF-8, from API 5.0
inline constexpr std::size_t kMaxRandomLength = 1024;  // bytes per request

}  // namespace nethsm::api
