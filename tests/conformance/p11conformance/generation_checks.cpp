// SPDX-License-Identifier: Apache-2.0
// C_GenerateKey, C_GenerateKeyPair.
#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr const char* kGeneratedKey = "p11conformance-generated";

struct Pair {
  CK_RV rv;
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
};

Pair generate_rsa(Provider& p, CK_SESSION_HANDLE session, std::string_view exponent_hex) {
  CK_MECHANISM mechanism{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
  Attributes open = public_template(kGeneratedKey);
  open.number(CKA_MODULUS_BITS, 2048).bytes(CKA_PUBLIC_EXPONENT, *from_hex(exponent_hex));
  Attributes secret = private_template(kGeneratedKey);
  Pair pair{};
  pair.rv = p.c.C_GenerateKeyPair(session, &mechanism, open.data(), open.size(), secret.data(), secret.size(),
                                  &pair.public_key, &pair.private_key);
  return pair;
}

// As applications clean up: one half after the other.
void destroy(Provider& p, CK_SESSION_HANDLE session, const Pair& pair) {
  EXPECT(p.c.C_DestroyObject(session, pair.private_key), CKR_OK);
  EXPECT(p.c.C_DestroyObject(session, pair.public_key), CKR_OK, CKR_OBJECT_HANDLE_INVALID);
}

CK_ULONG number(Provider& p, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ULONG value = 0;
  CK_ATTRIBUTE one{type, &value, sizeof value};
  EXPECT(p.c.C_GetAttributeValue(session, object, &one, 1), CKR_OK);
  return value;
}

constexpr const char* kGenerate = "§2 C_GenerateKey/KeyPair";

constexpr Check kChecks[] = {
    {"C_GenerateKey: a bad session is CKR_SESSION_HANDLE_INVALID", kGenerate,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
       Attributes secret = secret_template(kGeneratedKey).number(CKA_VALUE_LEN, 32);
       CK_OBJECT_HANDLE key = 0;
       EXPECT(p.c.C_GenerateKey(kNoSuchSession, &mechanism, secret.data(), secret.size(), &key),
              CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GenerateKey: a NULL mechanism is refused", kGenerate,
     [](Provider& p) {
       CK_OBJECT_HANDLE key = 0;
       EXPECT(p.c.C_GenerateKey(p.manager_session(), nullptr, nullptr, 0, &key), CKR_ARGUMENTS_BAD,
              CKR_MECHANISM_INVALID);
     }},
    {"C_GenerateKey: a NULL template with a count is CKR_ARGUMENTS_BAD", kGenerate,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
       CK_OBJECT_HANDLE key = 0;
       EXPECT(p.c.C_GenerateKey(p.manager_session(), &mechanism, nullptr, 1, &key), CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateKey: a NULL handle is CKR_ARGUMENTS_BAD", kGenerate,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
       Attributes secret = secret_template(kGeneratedKey).number(CKA_VALUE_LEN, 32);
       EXPECT(p.c.C_GenerateKey(p.manager_session(), &mechanism, secret.data(), secret.size(), nullptr),
              CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateKey: a mechanism of another kind is CKR_MECHANISM_INVALID", kGenerate,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
       Attributes secret = secret_template(kGeneratedKey);
       CK_OBJECT_HANDLE key = 0;
       EXPECT(p.c.C_GenerateKey(p.manager_session(), &mechanism, secret.data(), secret.size(), &key),
              CKR_MECHANISM_INVALID);
     }},
    {"C_GenerateKeyPair: a bad session is CKR_SESSION_HANDLE_INVALID", kGenerate,
     [](Provider& p) { EXPECT(generate_rsa(p, kNoSuchSession, "010001").rv, CKR_SESSION_HANDLE_INVALID); }},
    {"C_GenerateKeyPair: a NULL mechanism is refused", kGenerate,
     [](Provider& p) {
       CK_OBJECT_HANDLE one = 0, two = 0;
       EXPECT(p.c.C_GenerateKeyPair(p.manager_session(), nullptr, nullptr, 0, nullptr, 0, &one, &two),
              CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID);
     }},
    {"C_GenerateKeyPair: a NULL template with a count is CKR_ARGUMENTS_BAD", kGenerate,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       CK_MECHANISM mechanism{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
       CK_OBJECT_HANDLE one = 0, two = 0;
       EXPECT(p.c.C_GenerateKeyPair(session, &mechanism, nullptr, 1, nullptr, 0, &one, &two),
              CKR_ARGUMENTS_BAD);
       Attributes open = public_template(kGeneratedKey).number(CKA_MODULUS_BITS, 2048);
       EXPECT(p.c.C_GenerateKeyPair(session, &mechanism, open.data(), open.size(), nullptr, 1, &one, &two),
              CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateKeyPair: a NULL handle is CKR_ARGUMENTS_BAD", kGenerate,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       CK_MECHANISM mechanism{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
       Attributes open = public_template(kGeneratedKey).number(CKA_MODULUS_BITS, 2048);
       Attributes secret = private_template(kGeneratedKey);
       const auto generate = [&](CK_OBJECT_HANDLE* one, CK_OBJECT_HANDLE* two) {
         return p.c.C_GenerateKeyPair(session, &mechanism, open.data(), open.size(), secret.data(),
                                      secret.size(), one, two);
       };
       CK_OBJECT_HANDLE handle = 0;
       EXPECT(generate(nullptr, &handle), CKR_ARGUMENTS_BAD);
       EXPECT(generate(&handle, nullptr), CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateKeyPair: a read-only session makes no permanent key", kGenerate,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.open(kReadOnly);
       if (p.login_required) EXPECT(p.login(session, CKU_USER), CKR_OK);
       EXPECT(generate_rsa(p, session, "010001").rv, CKR_SESSION_READ_ONLY);
     }},
    {"C_GenerateKeyPair: a public exponent with leading zeros, 00010001, is accepted", kGenerate,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       const Pair pair = generate_rsa(p, session, "00010001");
       EXPECT(pair.rv, CKR_OK);
       EXPECT_THAT(p.attribute(session, pair.public_key, CKA_PUBLIC_EXPONENT).rv == CKR_OK);
       destroy(p, session, pair);
     }},
    {"C_GenerateKeyPair: a generated key is local, always sensitive, and names its mechanism", kGenerate,
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.manager_session();
       const Pair pair = generate_rsa(p, session, "010001");
       EXPECT(pair.rv, CKR_OK);
       for (const CK_ATTRIBUTE_TYPE type : {CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE}) {
         EXPECT_THAT(p.attribute(session, pair.private_key, type).bytes == Bytes{CK_TRUE});
       }
       EXPECT_THAT(number(p, session, pair.private_key, CKA_KEY_GEN_MECHANISM) == CKM_RSA_PKCS_KEY_PAIR_GEN);
       EXPECT_THAT(number(p, session, pair.public_key, CKA_MODULUS_BITS) == 2048);
       destroy(p, session, pair);
     }},
};

}  // namespace

Checks generation_checks() { return kChecks; }

}  // namespace nethsm::conformance
