// SPDX-License-Identifier: Apache-2.0
// Every mechanism of C_GetMechanismList does what its flags say.
#include <algorithm>
#include <cstring>
#include <string>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

enum class Key { kNone, kRsa, kRawRsa, kEc, kEdwards, kAes };
enum class Parameter { kNone, kIv, kPss, kOaep, kMacLength };

// How a mechanism is used: with which key and parameter, on how many bytes.
struct Recipe {
  CK_MECHANISM_TYPE type;
  Key key;
  Parameter parameter = Parameter::kNone;
  CK_ULONG input = 100;
  CK_MECHANISM_TYPE hash = 0;
  CK_RSA_PKCS_MGF_TYPE mgf = 0;
  CK_ULONG salt = 0;
};
constexpr Recipe pss(CK_MECHANISM_TYPE type, CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf,
                     CK_ULONG bytes) {
  return {type,
          hash >= CKM_SHA3_256 && hash <= CKM_SHA3_512 ? Key::kRawRsa : Key::kRsa,
          Parameter::kPss,
          100,
          hash,
          mgf,
          bytes};
}
constexpr Recipe kRecipes[] = {
    {CKM_SHA_1, Key::kNone},
    {CKM_SHA224, Key::kNone},
    {CKM_SHA256, Key::kNone},
    {CKM_SHA384, Key::kNone},
    {CKM_SHA512, Key::kNone},
    {CKM_SHA3_224, Key::kNone},
    {CKM_SHA3_256, Key::kNone},
    {CKM_SHA3_384, Key::kNone},
    {CKM_SHA3_512, Key::kNone},
    {CKM_RSA_PKCS_KEY_PAIR_GEN, Key::kRsa},
    {CKM_RSA_PKCS, Key::kRsa},
    {CKM_RSA_X_509, Key::kRawRsa, Parameter::kNone, 256},
    {CKM_SHA1_RSA_PKCS, Key::kRsa},
    {CKM_SHA224_RSA_PKCS, Key::kRsa},
    {CKM_SHA256_RSA_PKCS, Key::kRsa},
    {CKM_SHA384_RSA_PKCS, Key::kRsa},
    {CKM_SHA512_RSA_PKCS, Key::kRsa},
    {CKM_SHA3_224_RSA_PKCS, Key::kRsa},
    {CKM_SHA3_256_RSA_PKCS, Key::kRsa},
    {CKM_SHA3_384_RSA_PKCS, Key::kRsa},
    {CKM_SHA3_512_RSA_PKCS, Key::kRsa},
    {CKM_RSA_PKCS_PSS, Key::kRsa, Parameter::kPss, 32, CKM_SHA256, CKG_MGF1_SHA256, 32},
    pss(CKM_SHA1_RSA_PKCS_PSS, CKM_SHA_1, CKG_MGF1_SHA1, 20),
    pss(CKM_SHA224_RSA_PKCS_PSS, CKM_SHA224, CKG_MGF1_SHA224, 28),
    pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32),
    pss(CKM_SHA384_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, 48),
    pss(CKM_SHA512_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512, 64),
    {CKM_SHA3_224_RSA_PKCS_PSS, Key::kRawRsa, Parameter::kPss, 100, CKM_SHA3_224, CKG_MGF1_SHA3_224, 28},
    {CKM_SHA3_256_RSA_PKCS_PSS, Key::kRawRsa, Parameter::kPss, 100, CKM_SHA3_256, CKG_MGF1_SHA3_256, 32},
    {CKM_SHA3_384_RSA_PKCS_PSS, Key::kRawRsa, Parameter::kPss, 100, CKM_SHA3_384, CKG_MGF1_SHA3_384, 48},
    {CKM_SHA3_512_RSA_PKCS_PSS, Key::kRawRsa, Parameter::kPss, 100, CKM_SHA3_512, CKG_MGF1_SHA3_512, 64},
    {CKM_RSA_PKCS_OAEP, Key::kRsa, Parameter::kOaep, 100, CKM_SHA_1, CKG_MGF1_SHA1},
    {CKM_EC_KEY_PAIR_GEN, Key::kEc},
    {CKM_ECDSA, Key::kEc, Parameter::kNone, 32},
    {CKM_ECDSA_SHA1, Key::kEc},
    {CKM_ECDSA_SHA224, Key::kEc},
    {CKM_ECDSA_SHA256, Key::kEc},
    {CKM_ECDSA_SHA384, Key::kEc},
    {CKM_ECDSA_SHA512, Key::kEc},
    {CKM_ECDSA_SHA3_224, Key::kEc},
    {CKM_ECDSA_SHA3_256, Key::kEc},
    {CKM_ECDSA_SHA3_384, Key::kEc},
    {CKM_ECDSA_SHA3_512, Key::kEc},
    {CKM_EC_EDWARDS_KEY_PAIR_GEN, Key::kEdwards},
    {CKM_EDDSA, Key::kEdwards},
    {CKM_AES_KEY_GEN, Key::kAes, Parameter::kNone, 16},
    {CKM_GENERIC_SECRET_KEY_GEN, Key::kAes, Parameter::kNone, 32},
    {CKM_AES_CBC, Key::kAes, Parameter::kIv, 160},
    {CKM_AES_CBC_PAD, Key::kAes, Parameter::kIv},
    {CKM_AES_CMAC, Key::kAes},
    {CKM_AES_CMAC_GENERAL, Key::kAes, Parameter::kMacLength},
};

// One mechanism at work, in a session of the user.
class Use {
 public:
  Use(Provider& provider, const Recipe& recipe) : p_(provider), recipe_(recipe), data_(recipe.input, 0x42) {
    if (recipe.key == Key::kRawRsa) data_[0] = 0;  // smaller than any modulus
    pss_ = {recipe.hash, recipe.mgf, recipe.salt};
    oaep_ = {recipe.hash, recipe.mgf, CKZ_DATA_SPECIFIED, nullptr, 0};
    switch (recipe.parameter) {
      case Parameter::kNone:
        break;
      case Parameter::kIv:
        mechanism_ = {recipe.type, iv_, sizeof iv_};
        break;
      case Parameter::kPss:
        mechanism_ = {recipe.type, &pss_, sizeof pss_};
        break;
      case Parameter::kOaep:
        mechanism_ = {recipe.type, &oaep_, sizeof oaep_};
        break;
      case Parameter::kMacLength:
        mechanism_ = {recipe.type, &mac_length_, sizeof mac_length_};
        break;
    }
    mechanism_.mechanism = recipe.type;
    session_ = p_.user_session();
    private_key_ = key(true);
    public_key_ = key(false);
  }

  void digest() {
    CK_ULONG length = out_.size();
    EXPECT(p_.c.C_DigestInit(session_, &mechanism_), CKR_OK);
    EXPECT(p_.c.C_Digest(session_, data_.data(), size(data_), out_.data(), &length), CKR_OK);
    EXPECT_THAT(length >= 20);
  }

  void sign(bool verifies) {
    CK_ULONG length = out_.size();
    EXPECT(p_.c.C_SignInit(session_, &mechanism_, private_key_), CKR_OK);
    EXPECT(p_.c.C_Sign(session_, data_.data(), size(data_), out_.data(), &length), CKR_OK);
    if (!verifies) return;
    EXPECT(p_.c.C_VerifyInit(session_, &mechanism_, public_key_), CKR_OK);
    EXPECT(p_.c.C_Verify(session_, data_.data(), size(data_), out_.data(), length), CKR_OK);
    out_[length - 1] ^= 1;
    EXPECT(p_.c.C_VerifyInit(session_, &mechanism_, public_key_), CKR_OK);
    EXPECT(p_.c.C_Verify(session_, data_.data(), size(data_), out_.data(), length), CKR_SIGNATURE_INVALID);
  }

  void encrypt() {
    CK_ULONG length = out_.size();
    EXPECT(p_.c.C_EncryptInit(session_, &mechanism_, public_key_), CKR_OK);
    EXPECT(p_.c.C_Encrypt(session_, data_.data(), size(data_), out_.data(), &length), CKR_OK);
    Bytes decrypted(out_.size());
    CK_ULONG decrypted_length = decrypted.size();
    EXPECT(p_.c.C_DecryptInit(session_, &mechanism_, private_key_), CKR_OK);
    EXPECT(p_.c.C_Decrypt(session_, out_.data(), length, decrypted.data(), &decrypted_length), CKR_OK);
    decrypted.resize(decrypted_length);
    EXPECT_THAT(decrypted == data_);
  }

 private:
  CK_OBJECT_HANDLE key(bool is_private) const {
    const CK_OBJECT_CLASS half = is_private ? CKO_PRIVATE_KEY : CKO_PUBLIC_KEY;
    switch (recipe_.key) {
      case Key::kNone:
        return CK_INVALID_HANDLE;
      case Key::kRsa:
        return p_.find_one(session_, half, kRsaKey);
      case Key::kRawRsa:
        return p_.find_one(session_, half, kRawRsaKey);
      case Key::kEc:
        return p_.find_one(session_, half, kEcKey);
      case Key::kEdwards:
        return p_.find_one(session_, half, kEdwardsKey);
      case Key::kAes:
        break;
    }
    return p_.aes(session_);
  }

  Provider& p_;
  const Recipe& recipe_;
  Bytes data_;
  Bytes out_ = Bytes(1024);
  CK_BYTE iv_[16] = {};
  CK_ULONG mac_length_ = 8;
  CK_RSA_PKCS_PSS_PARAMS pss_{};
  CK_RSA_PKCS_OAEP_PARAMS oaep_{};
  CK_MECHANISM mechanism_{};
  CK_SESSION_HANDLE session_ = 0;
  CK_OBJECT_HANDLE private_key_ = 0, public_key_ = 0;
};

// Generation is for the manager, and done with the shared keys but for the generic secret: see provider.h.
void generate_secret(Provider& p, const Recipe& recipe) {
  const CK_SESSION_HANDLE session = p.manager_session();
  CK_MECHANISM mechanism{recipe.type, nullptr, 0};
  Attributes secret = secret_template("p11conformance-generated");
  secret.number(CKA_VALUE_LEN, recipe.input);
  CK_OBJECT_HANDLE key = 0;
  EXPECT(p.c.C_GenerateKey(session, &mechanism, secret.data(), secret.size(), &key), CKR_OK);
  EXPECT(p.c.C_DestroyObject(session, key), CKR_OK);
}

void use(Provider& p, const Recipe& recipe, CK_FLAGS flags) {
  if ((flags & CKF_GENERATE) != 0) return generate_secret(p, recipe);
  if ((flags & CKF_GENERATE_KEY_PAIR) != 0) return;  // the shared keys are made with them
  const auto fresh = [&] {
    p.reset();
    return Use(p, recipe);
  };
  if ((flags & CKF_DIGEST) != 0) fresh().digest();
  if ((flags & CKF_SIGN) != 0) fresh().sign((flags & CKF_VERIFY) != 0);
  if ((flags & CKF_ENCRYPT) != 0 && (flags & CKF_DECRYPT) != 0) fresh().encrypt();
}

void every_mechanism(Provider& p) {
  CK_ULONG count = 0;
  EXPECT(p.c.C_GetMechanismList(p.slot, nullptr, &count), CKR_OK);
  std::vector<CK_MECHANISM_TYPE> types(count);
  EXPECT(p.c.C_GetMechanismList(p.slot, types.data(), &count), CKR_OK);
  std::string wrong;
  for (const CK_MECHANISM_TYPE type : types) {
    CK_MECHANISM_INFO info{};
    EXPECT(p.c.C_GetMechanismInfo(p.slot, type, &info), CKR_OK);
    const auto* recipe = std::ranges::find(kRecipes, type, &Recipe::type);
    p.reset();
    try {
      if (recipe == std::end(kRecipes)) throw Failure{"nothing is known of it"};
      use(p, *recipe, info.flags);
    } catch (const Failure& failure) {
      wrong += "\n        mechanism " + std::to_string(type) + ": " + failure.what;
    }
  }
  if (!wrong.empty()) throw Failure{wrong.substr(9)};
}

constexpr Check kChecks[] = {
    {"C_GetMechanismList: every mechanism does what its flags say", "§2 C_GetMechanismInfo", every_mechanism},
};

}  // namespace

Checks mechanism_use_checks() { return kChecks; }

}  // namespace nethsm::conformance
