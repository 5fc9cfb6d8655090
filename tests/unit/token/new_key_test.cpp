// SPDX-License-Identifier: Apache-2.0
#include "token/new_key.h"

#include "attribute_list.h"
#include "token/key_template.h"

using namespace nethsm;
using namespace nethsm::token;
using M = api::Mechanism;
using T = api::KeyType;

namespace {

constexpr std::string_view kP256 = "06082a8648ce3d030107";
constexpr std::string_view kP384 = "06052b81040022";
constexpr std::string_view kEd25519 = "06032b6570";

const MechanismRow& generation(CK_MECHANISM_TYPE type) {
  const auto* row = find_generation(type);
  REQUIRE(row != nullptr);
  return *row;
}

AttributeList token_key() {
  AttributeList list;
  list.token();
  return list;
}

token::Result<api::NewKey> rsa(const AttributeList& public_key,
                               const AttributeList& private_key = token_key()) {
  return new_key_pair(generation(CKM_RSA_PKCS_KEY_PAIR_GEN), public_key.view(), private_key.view());
}
AttributeList bits(CK_ULONG count) {
  AttributeList list;
  list.number(CKA_MODULUS_BITS, count);
  return list;
}
token::Result<api::NewKey> curve(CK_MECHANISM_TYPE type, std::string_view params, CK_KEY_TYPE key_type) {
  AttributeList public_key;
  public_key.hex(CKA_EC_PARAMS, params).number(CKA_KEY_TYPE, key_type);
  return new_key_pair(generation(type), public_key.view(), token_key().view());
}
token::Result<api::NewKey> aes(CK_ULONG length, CK_MECHANISM_TYPE type = CKM_AES_KEY_GEN) {
  auto list = token_key();
  list.number(CKA_VALUE_LEN, length);
  return new_secret_key(generation(type), list.view());
}

api::Mechanisms mechanisms(const AttributeList& list, T type = T::kRsa) {
  const auto result = mechanisms_for(type, list.view());
  REQUIRE(result);
  return *result;
}

constexpr api::Mechanisms kRsaSign = {M::kRsaSignaturePkcs1,     M::kRsaSignaturePssSha1,
                                      M::kRsaSignaturePssSha224, M::kRsaSignaturePssSha256,
                                      M::kRsaSignaturePssSha384, M::kRsaSignaturePssSha512};
constexpr api::Mechanisms kRsaDecrypt = {M::kRsaDecryptionPkcs1,      M::kRsaDecryptionOaepSha1,
                                         M::kRsaDecryptionOaepSha224, M::kRsaDecryptionOaepSha256,
                                         M::kRsaDecryptionOaepSha384, M::kRsaDecryptionOaepSha512};

}  // namespace

TEST_CASE("An RSA pair needs its bits and has the exponent 65537") {
  const auto key = rsa(bits(3072));
  REQUIRE(key);
  CHECK(key->type == T::kRsa);
  CHECK(key->length == 3072);
  CHECK(rsa(bits(2048).hex(CKA_PUBLIC_EXPONENT, "010001")));
  CHECK(rsa(bits(2048).hex(CKA_PUBLIC_EXPONENT, "00010001")));  // PowerDNS
  CHECK(rv(rsa(bits(2048).hex(CKA_PUBLIC_EXPONENT, "03"))) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(rsa(AttributeList())) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(rv(rsa(bits(768))) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(rsa(bits(16384))) == CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Curves are named by their OID") {
  CHECK(curve(CKM_EC_KEY_PAIR_GEN, kP256, CKK_EC)->type == T::kEcP256);
  CHECK(curve(CKM_EC_KEY_PAIR_GEN, kP384, CKK_EC)->type == T::kEcP384);
  CHECK(curve(CKM_EC_KEY_PAIR_GEN, "06092b240303020801010d", CKK_EC)->type == T::kBrainpoolP512);
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, "06052b81040021", CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);  // P-224
  CHECK(rv(new_key_pair(generation(CKM_EC_KEY_PAIR_GEN), {}, token_key().view())) == CKR_TEMPLATE_INCOMPLETE);
}

TEST_CASE("What names no curve at all is not an unknown curve") {
  for (const auto* damaged :
       {"", "06", "0608", "06082a8648ce3d0301", "06082a8648ce3d03010700", "0403010203", "0600", "050100"}) {
    CAPTURE(damaged);
    CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, damaged, CKK_EC)) == CKR_DOMAIN_PARAMS_INVALID);
    CHECK(rv(curve(CKM_EC_EDWARDS_KEY_PAIR_GEN, damaged, CKK_EC_EDWARDS)) == CKR_DOMAIN_PARAMS_INVALID);
  }
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, "0c03666f6f", CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, "0500", CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);        // implicitlyCA
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, "3003020101", CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);  // explicit
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, "1303666f6f", CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);  // a name
}

TEST_CASE("Ed25519 is asked for in several ways") {
  CHECK(curve(CKM_EC_EDWARDS_KEY_PAIR_GEN, kEd25519, CKK_EC_EDWARDS)->type == T::kCurve25519);
  CHECK(curve(CKM_EC_EDWARDS_KEY_PAIR_GEN, "130c656477617264733235353139", CKK_EC_EDWARDS)->type ==
        T::kCurve25519);
  CHECK(curve(CKM_EDDSA, kEd25519, CKK_EC_EDWARDS)->type == T::kCurve25519);
  CHECK(new_key_pair(generation(CKM_EC_EDWARDS_KEY_PAIR_GEN), {}, token_key().view())->type ==
        T::kCurve25519);
  CHECK(rv(curve(CKM_EC_EDWARDS_KEY_PAIR_GEN, "06032b6571", CKK_EC_EDWARDS)) ==
        CKR_CURVE_NOT_SUPPORTED);  // Ed448
  CHECK(rv(curve(CKM_EC_KEY_PAIR_GEN, kEd25519, CKK_EC)) == CKR_CURVE_NOT_SUPPORTED);
}

TEST_CASE("AES lengths are bytes, the usual numbers of bits are understood") {
  CHECK(aes(16)->length == 128);
  CHECK(aes(24)->length == 192);
  CHECK(aes(32)->length == 256);
  CHECK(aes(128)->length == 128);
  CHECK(aes(256)->length == 256);
  CHECK(rv(aes(20)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(new_secret_key(generation(CKM_AES_KEY_GEN), token_key().view())) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(aes(32)->type == T::kGeneric);
  CHECK(aes(32)->mechanisms == api::Mechanisms{M::kAesEncryptionCbc, M::kAesDecryptionCbc});
}

TEST_CASE("Generic secrets are made in the lengths in which the device can use them") {
  const auto generic = [](CK_ULONG length) { return aes(length, CKM_GENERIC_SECRET_KEY_GEN); };
  CHECK(generic(16)->length == 128);
  CHECK(generic(24)->length == 192);
  CHECK(generic(32)->length == 256);
  CHECK(generic(256)->length == 256);
  CHECK(generic(32)->mechanisms == api::Mechanisms{M::kAesEncryptionCbc, M::kAesDecryptionCbc});
  for (const CK_ULONG other : {0UL, 15UL, 17UL, 33UL, 64UL, 1024UL, 8192UL}) {
    CAPTURE(other);
    CHECK(rv(generic(other)) == CKR_ATTRIBUTE_VALUE_INVALID);
  }
  CHECK(rv(new_secret_key(generation(CKM_GENERIC_SECRET_KEY_GEN), token_key().view())) ==
        CKR_TEMPLATE_INCOMPLETE);
}

TEST_CASE("A template asks for a session object unless it says CKA_TOKEN=TRUE") {
  CHECK(is_session_key(Template()).value());
  CHECK(is_session_key(AttributeList().boolean(CKA_TOKEN, false).view()).value());
  CHECK_FALSE(is_session_key(token_key().view()).value());
  CHECK(rsa(bits(2048), AttributeList()));
  CHECK(rsa(bits(2048), token_key()));  // whatever becomes of the public half
  CHECK(rv(rsa(bits(2048).token(), AttributeList())) == CKR_TEMPLATE_INCONSISTENT);
}

TEST_CASE("Templates that ask for what no NetHSM key can be are refused, each with its code") {
  CHECK(rv(rsa(bits(2048), token_key().boolean(CKA_ALWAYS_AUTHENTICATE, true))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rv(rsa(bits(2048), token_key().boolean(CKA_DESTROYABLE, false))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rv(rsa(bits(2048), token_key().boolean(CKA_MODIFIABLE, false))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rsa(bits(2048), AttributeList().boolean(CKA_DESTROYABLE, false)));  // a session object can
  CHECK(rv(rsa(bits(2048).boolean(CKA_TRUSTED, true))) == CKR_ATTRIBUTE_READ_ONLY);
  CHECK(rv(rsa(bits(2048), token_key().boolean(CKA_LOCAL, true))) == CKR_ATTRIBUTE_READ_ONLY);
  CHECK(rv(rsa(bits(2048), token_key().text(CKA_ISSUER, "x"))) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(rv(rsa(bits(2048), token_key().number(CKA_VENDOR_DEFINED | 1, 1))) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(rv(rsa(bits(2048), token_key().text(CKA_SIGN, "yes"))) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(rsa(bits(2048), token_key().text(CKA_END_DATE, "soon"))) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(rsa(bits(2048), token_key().text(CKA_PRIME_1, "x"))) == CKR_TEMPLATE_INCONSISTENT);
}

TEST_CASE("Templates that applications send without meaning it all are accepted") {
  for (const auto type : {CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_PRIVATE, CKA_DERIVE, CKA_UNWRAP,
                          CKA_SIGN_RECOVER, CKA_COPYABLE, CKA_WRAP_WITH_TRUSTED}) {
    CAPTURE(type);
    CHECK(rsa(bits(2048), token_key().boolean(type, true)));
    CHECK(rsa(bits(2048), token_key().boolean(type, false)));
  }
  for (const auto type : {CKA_WRAP, CKA_DERIVE, CKA_VERIFY_RECOVER, CKA_PRIVATE}) {
    CHECK(rsa(bits(2048).boolean(type, true)));
  }
  CHECK(rsa(bits(2048),
            token_key().text(CKA_SUBJECT, "x").text(CKA_START_DATE, "20260101").text(CKA_END_DATE, "")));
}

TEST_CASE("A class or key type of something else is inconsistent") {
  CHECK(rv(rsa(bits(2048).object_class(CKO_PRIVATE_KEY))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rv(rsa(bits(2048).number(CKA_KEY_TYPE, CKK_EC))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rv(rsa(bits(2048), token_key().object_class(CKO_SECRET_KEY))) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rsa(bits(2048).object_class(CKO_PUBLIC_KEY).number(CKA_KEY_TYPE, CKK_RSA),
            token_key().object_class(CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, CKK_RSA)));
}

TEST_CASE("What applications send and do not mean is tolerated") {
  CHECK(rsa(bits(2048).boolean(CKA_WRAP, true).boolean(CKA_VERIFY_RECOVER, true),
            token_key()
                .boolean(CKA_DERIVE, true)
                .boolean(CKA_UNWRAP, true)
                .boolean(CKA_SENSITIVE, false)
                .boolean(CKA_PRIVATE, false)));
}

TEST_CASE("The usage attributes decide which NetHSM mechanisms a key gets") {
  CHECK(mechanisms(AttributeList()) == (kRsaSign | kRsaDecrypt));
  CHECK(mechanisms(AttributeList().boolean(CKA_SIGN, true)) == kRsaSign);
  CHECK(mechanisms(AttributeList().boolean(CKA_SIGN, true).boolean(CKA_DECRYPT, false)) == kRsaSign);
  CHECK(mechanisms(AttributeList().boolean(CKA_SIGN, false)) == kRsaDecrypt);
  CHECK(mechanisms(AttributeList().boolean(CKA_DECRYPT, true).boolean(CKA_SIGN, true)) ==
        (kRsaSign | kRsaDecrypt));
  CHECK(mechanisms(AttributeList().boolean(CKA_DECRYPT, false), T::kEcP256) ==
        api::Mechanisms{M::kEcdsaSignature});
  CHECK(mechanisms(AttributeList(), T::kEcP256K1) == api::Mechanisms{M::kEcdsaSignature});
  CHECK(mechanisms(AttributeList().boolean(CKA_ENCRYPT, true), T::kGeneric) ==
        api::Mechanisms{M::kAesEncryptionCbc});
  CHECK(rv(mechanisms_for(T::kEcP256, AttributeList().boolean(CKA_SIGN, false).view())) ==
        CKR_TEMPLATE_INCONSISTENT);
}

TEST_CASE("Allowed mechanisms limit a key, and only they make raw RSA possible") {
  const auto allowing = [](std::vector<CK_MECHANISM_TYPE> list) {
    AttributeList attributes;
    attributes.bytes(CKA_ALLOWED_MECHANISMS, {reinterpret_cast<const std::uint8_t*>(list.data()),
                                              list.size() * sizeof(CK_MECHANISM_TYPE)});
    return attributes;
  };
  CHECK(mechanisms(allowing({CKM_SHA256_RSA_PKCS_PSS})) == api::Mechanisms{M::kRsaSignaturePssSha256});
  CHECK(mechanisms(allowing({CKM_RSA_X_509})) == api::Mechanisms{M::kRsaDecryptionRaw});
  CHECK(mechanisms(allowing({CKM_RSA_PKCS}).boolean(CKA_SIGN, true)) ==
        api::Mechanisms{M::kRsaSignaturePkcs1});
  CHECK(mechanisms(allowing({})) == (kRsaSign | kRsaDecrypt));
  CHECK(rv(mechanisms_for(T::kRsa, allowing({CKM_ECDSA}).view())) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(rv(mechanisms_for(T::kRsa, AttributeList().text(CKA_ALLOWED_MECHANISMS, "abc").view())) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Names come from the private template first") {
  const auto first = AttributeList().text(CKA_ID, "a").text(CKA_LABEL, "A");
  const auto second = AttributeList().text(CKA_ID, "b").text(CKA_LABEL, "B");
  CHECK(name_for(first.view(), second.view(), true)->id == "a");
  CHECK(name_for(first.view(), second.view(), true)->label == "A");
  CHECK(name_for({}, second.view(), true)->id == "b");
  CHECK(name_for(AttributeList().text(CKA_ID, "").view(), second.view(), true)->id == "b");
  CHECK(name_for({}, {}, true)->id.empty());
  CHECK(name_for(AttributeList().hex(CKA_ID, "00ff").view(), {}, true)->id == "0---00FF");
}

TEST_CASE("A label is stored where the server can, else names the key, else is remembered") {
  const auto label = AttributeList().text(CKA_LABEL, "Web");
  const auto both = AttributeList().text(CKA_LABEL, "Web").text(CKA_ID, "a");
  CHECK(name_for(label.view(), {}, true)->id.empty());
  CHECK(name_for(label.view(), {}, true)->label == "Web");
  CHECK(name_for(label.view(), {}, false)->id == "Web");
  CHECK(name_for(label.view(), {}, false)->label.empty());
  CHECK(name_for(both.view(), {}, false)->id == "a");
  CHECK(name_for(both.view(), {}, false)->label_is_local);
  CHECK_FALSE(name_for(both.view(), {}, true)->label_is_local);
}

TEST_CASE("A label that does not fit is remembered if an id names the key") {
  const std::string text(64, 'a');
  const auto both = AttributeList().text(CKA_LABEL, text).text(CKA_ID, "a");
  const auto name = name_for(both.view(), {}, true);
  REQUIRE(name);
  CHECK(name->id == "a");
  CHECK(name->label == text);
  CHECK(name->label_is_local);
}

TEST_CASE("A label that cannot be stored or is not text is refused, and a warning in the log says why") {
  const auto refusal = [](const AttributeList& key, bool server_has_labels) {
    const auto name = name_for(key.view(), {}, server_has_labels);
    REQUIRE_FALSE(name);
    CHECK(name.error().rv == CKR_ATTRIBUTE_VALUE_INVALID);
    CHECK(name.error().is_loud);
    return name.error().message;
  };
  CHECK(refusal(AttributeList().text(CKA_LABEL, std::string(33, 'x')), true).find("32 bytes") !=
        std::string::npos);
  for (const bool server_has_labels : {true, false}) {
    const auto label = AttributeList().text(CKA_LABEL, "\xff");
    CHECK(refusal(label, server_has_labels).find("UTF-8") != std::string::npos);
    CHECK(refusal(AttributeList(label).text(CKA_ID, "a"), server_has_labels).find("UTF-8") !=
          std::string::npos);
  }
  const auto secret = AttributeList().token().number(CKA_VALUE_LEN, 32).text(CKA_LABEL, "\xff");
  const auto checked = check_key_template(secret.view(), CKO_SECRET_KEY);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().is_loud);
}

TEST_CASE("What the template of a secret key refuses is told from what it leaves open") {
  CHECK(refused_uses({}).value() == 0);
  CHECK(refused_uses(AttributeList().boolean(CKA_SIGN, false).boolean(CKA_ENCRYPT, true).view()).value() ==
        CKF_SIGN);
  CHECK(refused_uses(AttributeList().boolean(CKA_VERIFY, false).boolean(CKA_DECRYPT, false).view()).value() ==
        (CKF_VERIFY | CKF_DECRYPT));
}

TEST_CASE("Names that the NetHSM cannot hold are refused") {
  const auto long_label = AttributeList().text(CKA_LABEL, std::string(33, 'x'));
  CHECK(rv(name_for(long_label.view(), {}, true)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(name_for(long_label.view(), {}, false));
  CHECK(rv(name_for(AttributeList().text(CKA_ID, std::string(129, 'x')).view(), {}, true)) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("RSA keys are imported by their primes") {
  auto list = token_key();
  list.object_class(CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, CKK_RSA);
  CHECK(rv(imported_private_key(list.view())) == CKR_TEMPLATE_INCOMPLETE);
  list.hex(CKA_PUBLIC_EXPONENT, "00010001").hex(CKA_PRIME_1, "00d3").hex(CKA_PRIME_2, "c7");
  const auto key = imported_private_key(list.view());
  REQUIRE(key);
  const auto& rsa_private = std::get<api::RsaPrivate>(key->private_part);
  CHECK(key->type == T::kRsa);
  CHECK(rsa_private.prime_p == SecretBytes{0xd3});
  CHECK(rsa_private.prime_q == SecretBytes{0xc7});
  CHECK(rsa_private.public_exponent == Bytes{1, 0, 1});
  CHECK(key->mechanisms == (kRsaSign | kRsaDecrypt));
}

TEST_CASE("Scalars are imported at the width of their curve") {
  auto list = token_key();
  list.object_class(CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, CKK_EC);
  SECTION("shorter ones are filled up") {
    list.hex(CKA_EC_PARAMS, "06052b81040023").hex(CKA_VALUE, "0102");
    const auto key = imported_private_key(list.view());
    REQUIRE(key);
    CHECK(key->type == T::kEcP521);
    const auto& scalar = std::get<SecretBytes>(key->private_part);
    CHECK(scalar.size() == 66);
    CHECK(scalar[64] == 1);
    CHECK(scalar[65] == 2);
  }
  SECTION("leading zeros are taken off") {
    list.hex(CKA_EC_PARAMS, kP256).bytes(CKA_VALUE, [] {
      Bytes value(33, 7);
      value[0] = 0;
      return value;
    }());
    CHECK(std::get<SecretBytes>(imported_private_key(list.view())->private_part) == SecretBytes(32, 7));
  }
  SECTION("longer ones are of another curve") {
    list.hex(CKA_EC_PARAMS, kP256).bytes(CKA_VALUE, Bytes(33, 7));
    CHECK(rv(imported_private_key(list.view())) == CKR_ATTRIBUTE_VALUE_INVALID);
  }
  SECTION("the curve has to be known") {
    list.bytes(CKA_VALUE, Bytes(32, 7));
    CHECK(rv(imported_private_key(list.view())) == CKR_TEMPLATE_INCOMPLETE);
  }
}

TEST_CASE("Ed25519 seeds are imported bare or wrapped") {
  auto list = token_key();
  list.object_class(CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, CKK_EC_EDWARDS);
  Bytes wrapped = from_hex("0420").value();
  wrapped.insert(wrapped.end(), 32, 5);
  const Bytes value = GENERATE_COPY(Bytes(32, 5), wrapped);
  list.bytes(CKA_VALUE, value);
  const auto key = imported_private_key(list.view());
  REQUIRE(key);
  CHECK(key->type == T::kCurve25519);
  CHECK(std::get<SecretBytes>(key->private_part) == SecretBytes(32, 5));
}

TEST_CASE("Secret keys are imported as AES keys or as plain secrets") {
  const auto secret = [](CK_KEY_TYPE type, std::size_t size) {
    auto list = token_key();
    list.object_class(CKO_SECRET_KEY).number(CKA_KEY_TYPE, type).bytes(CKA_VALUE, Bytes(size, 3));
    return list;
  };
  const api::Mechanisms aes = api::mechanisms_of(T::kGeneric);
  CHECK(imported_secret_key(secret(CKK_AES, 32).view())->mechanisms == aes);
  CHECK(rv(imported_secret_key(secret(CKK_AES, 20).view())) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(imported_secret_key(secret(CKK_GENERIC_SECRET, 16).view())->mechanisms == aes);
  CHECK(imported_secret_key(secret(CKK_GENERIC_SECRET, 40).view())->mechanisms.empty());
  for (const CK_ATTRIBUTE_TYPE use : {CKA_ENCRYPT, CKA_DECRYPT}) {
    const auto with_use = [&](bool value) { return secret(CKK_GENERIC_SECRET, 40).boolean(use, value); };
    CHECK(imported_secret_key(with_use(false).view())->mechanisms.empty());
    CHECK(rv(imported_secret_key(with_use(true).view())) == CKR_TEMPLATE_INCONSISTENT);
  }
  CHECK(rv(imported_secret_key(secret(CKK_DES3, 24).view())) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(imported_secret_key(secret(CKK_AES, 0).view())) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(rv(imported_private_key(secret(CKK_AES, 16).view())) == CKR_TEMPLATE_INCONSISTENT);
}
