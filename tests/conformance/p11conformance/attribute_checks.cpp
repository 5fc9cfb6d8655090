// SPDX-License-Identifier: Apache-2.0
// C_GetAttributeValue, C_SetAttributeValue, and the attributes of an imported key.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

Bytes number_bytes(CK_ULONG value) {
  const auto* first = reinterpret_cast<const CK_BYTE*>(&value);
  return {first, first + sizeof value};
}

Bytes rsa_part(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EXPECT_THAT(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_clear_free(number);
  return bytes;
}

Attributes imported_template() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), EVP_PKEY_free);
  EXPECT_THAT(key != nullptr);
  Attributes attributes = private_template(kImportedKey);
  attributes.number(CKA_CLASS, CKO_PRIVATE_KEY).number(CKA_KEY_TYPE, CKK_RSA);
  attributes.flag(CKA_SIGN, true).flag(CKA_DECRYPT, true);
  attributes.bytes(CKA_MODULUS, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_N));
  attributes.bytes(CKA_PUBLIC_EXPONENT, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_E));
  attributes.bytes(CKA_PRIVATE_EXPONENT, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_D));
  attributes.bytes(CKA_PRIME_1, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR1));
  attributes.bytes(CKA_PRIME_2, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR2));
  attributes.bytes(CKA_EXPONENT_1, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1));
  attributes.bytes(CKA_EXPONENT_2, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2));
  attributes.bytes(CKA_COEFFICIENT, rsa_part(key.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
  return attributes;
}

CK_RV set(Provider& p, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, Attributes changes) {
  return p.c.C_SetAttributeValue(session, object, changes.data(), changes.size());
}

// The private key of the kind, as its manager sees it.
CK_OBJECT_HANDLE manager_key(Provider& p, CK_SESSION_HANDLE session) { return p.rsa_private(session); }

constexpr const char* kGet = "§2 C_GetAttributeValue";
constexpr const char* kSet = "§2 C_SetAttributeValue";
constexpr const char* kImported = "§2 Imported private key";

constexpr Check kChecks[] = {
    {"C_GetAttributeValue: a bad session is CKR_SESSION_HANDLE_INVALID", kGet,
     [](Provider& p) {
       const CK_OBJECT_HANDLE key = p.rsa_public(p.user_session());
       EXPECT(p.attribute(kNoSuchSession, key, CKA_LABEL).rv, CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GetAttributeValue: a bad object is CKR_OBJECT_HANDLE_INVALID", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       EXPECT(p.attribute(session, kNoSuchObject, CKA_LABEL).rv, CKR_OBJECT_HANDLE_INVALID);
       EXPECT(p.attribute(session, CK_INVALID_HANDLE, CKA_LABEL).rv, CKR_OBJECT_HANDLE_INVALID);
     }},
    {"C_GetAttributeValue: a NULL template is refused", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       EXPECT(p.c.C_GetAttributeValue(session, p.rsa_public(session), nullptr, 1), CKR_ARGUMENTS_BAD,
              CKR_TEMPLATE_INCOMPLETE);
     }},
    {"C_GetAttributeValue: the length can be asked for first", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_ATTRIBUTE label{CKA_LABEL, nullptr, 0};
       EXPECT(p.c.C_GetAttributeValue(session, p.rsa_public(session), &label, 1), CKR_OK);
       EXPECT_THAT(label.ulValueLen == std::string_view(kRsaKey).size());
     }},
    {"C_GetAttributeValue: a short buffer is CKR_BUFFER_TOO_SMALL and stays as it was", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       Bytes buffer(8, kFill);
       CK_ATTRIBUTE modulus{CKA_MODULUS, buffer.data(), buffer.size()};
       EXPECT(p.c.C_GetAttributeValue(session, p.rsa_public(session), &modulus, 1), CKR_BUFFER_TOO_SMALL);
       EXPECT_THAT(modulus.ulValueLen == CK_UNAVAILABLE_INFORMATION);
       EXPECT_THAT(buffer == Bytes(8, kFill));
     }},
    {"C_GetAttributeValue: an unknown attribute is CKR_ATTRIBUTE_TYPE_INVALID, the others are filled", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_OBJECT_CLASS object_class = 0;
       CK_KEY_TYPE type = 0;
       CK_BYTE nothing[8];
       CK_ATTRIBUTE three[] = {{CKA_CLASS, &object_class, sizeof object_class},
                               {CKA_VENDOR_DEFINED | 0x7777, nothing, sizeof nothing},
                               {CKA_KEY_TYPE, &type, sizeof type}};
       EXPECT(p.c.C_GetAttributeValue(session, p.rsa_public(session), three, 3), CKR_ATTRIBUTE_TYPE_INVALID);
       EXPECT_THAT(three[1].ulValueLen == CK_UNAVAILABLE_INFORMATION);
       EXPECT_THAT(object_class == CKO_PUBLIC_KEY && type == CKK_RSA);
     }},
    {"C_GetAttributeValue: the private parts of a private key are CKR_ATTRIBUTE_SENSITIVE", kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       const CK_OBJECT_HANDLE rsa = p.rsa_private(session);
       for (const CK_ATTRIBUTE_TYPE type : {CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1,
                                            CKA_EXPONENT_2, CKA_COEFFICIENT}) {
         EXPECT(p.attribute(session, rsa, type).rv, CKR_ATTRIBUTE_SENSITIVE);
       }
       EXPECT(p.attribute(session, p.ec_private(session), CKA_VALUE).rv, CKR_ATTRIBUTE_SENSITIVE);
     }},
    {"C_GetAttributeValue: the value of a secret key is CKR_ATTRIBUTE_SENSITIVE, its length unavailable",
     kGet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_ATTRIBUTE value{CKA_VALUE, nullptr, 0};
       EXPECT(p.c.C_GetAttributeValue(session, p.aes(session), &value, 1), CKR_ATTRIBUTE_SENSITIVE);
       EXPECT_THAT(value.ulValueLen == CK_UNAVAILABLE_INFORMATION);
     }},

    {"C_SetAttributeValue: CKA_CLASS is CKR_ATTRIBUTE_READ_ONLY", kSet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       EXPECT(set(p, session, manager_key(p, session), Attributes().number(CKA_CLASS, CKO_DATA)),
              CKR_ATTRIBUTE_READ_ONLY);
     }},
    {"C_SetAttributeValue: CKA_SENSITIVE never becomes false again", kSet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       EXPECT(set(p, session, manager_key(p, session), Attributes().flag(CKA_SENSITIVE, false)),
              CKR_ATTRIBUTE_READ_ONLY);
     }},
    {"C_SetAttributeValue: CKA_EXTRACTABLE never becomes true again", kSet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       EXPECT(set(p, session, manager_key(p, session), Attributes().flag(CKA_EXTRACTABLE, true)),
              CKR_ATTRIBUTE_READ_ONLY);
     }},
    {"C_SetAttributeValue: bad handles are refused", kSet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       const Attributes label = Attributes().text(CKA_LABEL, "another");
       EXPECT(set(p, kNoSuchSession, 1, label), CKR_SESSION_HANDLE_INVALID);
       EXPECT(set(p, session, kNoSuchObject, label), CKR_OBJECT_HANDLE_INVALID);
     }},
    {"C_SetAttributeValue: token objects are not changed in a read-only session", kSet,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open(kReadOnly);
       if (p.login_required) EXPECT(p.login(session, CKU_USER), CKR_OK);
       EXPECT(set(p, session, p.rsa_private(session), Attributes().text(CKA_LABEL, "another")),
              CKR_SESSION_READ_ONLY);
     }},

    {"C_CreateObject: an imported private key is not local, nor was it always safe", kImported,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       CK_OBJECT_HANDLE key = 0;
       Attributes attributes = imported_template();
       EXPECT(p.c.C_CreateObject(session, attributes.data(), attributes.size(), &key), CKR_OK);
       for (const CK_ATTRIBUTE_TYPE type : {CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL}) {
         const Filled value = p.attribute(session, key, type);
         EXPECT(value.rv, CKR_OK);
         EXPECT_THAT(value.bytes == Bytes{CK_FALSE});
       }
       // Consumers trip over CK_UNAVAILABLE_INFORMATION here, so leaving the attribute out is as good.
       const Filled mechanism = p.attribute(session, key, CKA_KEY_GEN_MECHANISM);
       EXPECT(mechanism.rv, CKR_OK, CKR_ATTRIBUTE_TYPE_INVALID);
       EXPECT_THAT(mechanism.rv != CKR_OK || mechanism.bytes == number_bytes(CK_UNAVAILABLE_INFORMATION));
       EXPECT(p.c.C_DestroyObject(session, key), CKR_OK);
     }},
    {"C_DestroyObject: bad handles are refused", "§2 C_GetAttributeValue",
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       EXPECT(p.c.C_DestroyObject(kNoSuchSession, 1), CKR_SESSION_HANDLE_INVALID);
       EXPECT(p.c.C_DestroyObject(session, kNoSuchObject), CKR_OBJECT_HANDLE_INVALID);
     }},
};

}  // namespace

Checks attribute_checks() { return kChecks; }

}  // namespace nethsm::conformance
