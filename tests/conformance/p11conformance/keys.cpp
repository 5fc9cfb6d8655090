// SPDX-License-Identifier: Apache-2.0
// The keys that the checks share, made with templates that every module ought to take.
#include "check.h"
#include "fixture/openssl.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

constexpr CK_ULONG kRsaBits = 2048;
constexpr CK_ULONG kAesBytes = 32;

CK_RV generate_pair(Provider& p, CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, Attributes open,
                    Attributes secret) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  CK_OBJECT_HANDLE public_key = 0, private_key = 0;
  return p.c.C_GenerateKeyPair(session, &mechanism, open.data(), open.size(), secret.data(), secret.size(),
                               &public_key, &private_key);
}

CK_RV generate_rsa(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  Attributes open = public_template(name);
  open.number(CKA_MODULUS_BITS, kRsaBits).bytes(CKA_PUBLIC_EXPONENT, *from_hex("010001"));
  open.flag(CKA_VERIFY, true).flag(CKA_ENCRYPT, true);
  Attributes secret = private_template(name);
  secret.flag(CKA_SIGN, true).flag(CKA_DECRYPT, true);
  return generate_pair(p, session, CKM_RSA_PKCS_KEY_PAIR_GEN, open, secret);
}

CK_RV generate_raw_rsa(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  constexpr CK_MECHANISM_TYPE kAllowed[] = {CKM_RSA_X_509};
  Attributes open = public_template(name);
  open.number(CKA_MODULUS_BITS, kRsaBits).bytes(CKA_PUBLIC_EXPONENT, *from_hex("010001"));
  open.flag(CKA_VERIFY, true).flag(CKA_ENCRYPT, true);
  Attributes secret = private_template(name);
  secret.flag(CKA_SIGN, true).flag(CKA_DECRYPT, true);
  secret.bytes(CKA_ALLOWED_MECHANISMS, {reinterpret_cast<const CK_BYTE*>(kAllowed), sizeof kAllowed});
  return generate_pair(p, session, CKM_RSA_PKCS_KEY_PAIR_GEN, open, secret);
}

CK_RV generate_ec(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  Attributes open = public_template(name);
  open.bytes(CKA_EC_PARAMS, *from_hex("06082a8648ce3d030107")).flag(CKA_VERIFY, true);
  return generate_pair(p, session, CKM_EC_KEY_PAIR_GEN, open, private_template(name).flag(CKA_SIGN, true));
}

CK_RV generate_edwards(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  Attributes open = public_template(name);
  open.bytes(CKA_EC_PARAMS, *from_hex("06032b6570")).flag(CKA_VERIFY, true);
  return generate_pair(p, session, CKM_EC_EDWARDS_KEY_PAIR_GEN, open,
                       private_template(name).flag(CKA_SIGN, true));
}

CK_RV generate_aes(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  Attributes secret = secret_template(name);
  secret.number(CKA_VALUE_LEN, kAesBytes).flag(CKA_ENCRYPT, true).flag(CKA_DECRYPT, true);
  CK_OBJECT_HANDLE key = 0;
  return p.c.C_GenerateKey(session, &mechanism, secret.data(), secret.size(), &key);
}

CK_RV create_certificate(Provider& p, CK_SESSION_HANDLE session, const char* name) {
  const Bytes der = test::any_certificate(name);
  Attributes attributes = public_template(name);
  attributes.number(CKA_CLASS, CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509);
  attributes.bytes(CKA_SUBJECT, test::subject_of(der)).bytes(CKA_VALUE, der);
  CK_OBJECT_HANDLE certificate = 0;
  return p.c.C_CreateObject(session, attributes.data(), attributes.size(), &certificate);
}

}  // namespace

Attributes public_template(const char* name) {
  Attributes attributes;
  attributes.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, false).text(CKA_ID, name).text(CKA_LABEL, name);
  return attributes;
}

Attributes private_template(const char* name) {
  Attributes attributes;
  attributes.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).text(CKA_ID, name).text(CKA_LABEL, name);
  attributes.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  return attributes;
}

Attributes secret_template(const char* name) { return private_template(name); }

void Provider::make_keys() {
  make(kRsaKey, CKO_PRIVATE_KEY, generate_rsa);
  make(kEcKey, CKO_PRIVATE_KEY, generate_ec);
  make(kRawRsaKey, CKO_PRIVATE_KEY, generate_raw_rsa);
  make(kEdwardsKey, CKO_PRIVATE_KEY, generate_edwards);
  make(kAesKey, CKO_SECRET_KEY, generate_aes);
  make(kRsaKey, CKO_CERTIFICATE, create_certificate);
}

// The user may be enough (SoftHSM2); a NetHSM lets its administrator alone make keys.
void Provider::make(const char* name, CK_OBJECT_CLASS object_class, Maker maker) {
  reset();
  const CK_SESSION_HANDLE session = user_session();
  if (!find(session, Attributes().number(CKA_CLASS, object_class).text(CKA_ID, name)).empty()) return;
  EXPECT(c.C_CloseSession(session), CKR_OK);
  CK_RV rv = maker(*this, manager_session(), name);
  if (rv == CKR_USER_NOT_LOGGED_IN && manager == CKU_USER) {
    manager = CKU_SO;
    reset();
    rv = maker(*this, manager_session(), name);
  }
  EXPECT(rv, CKR_OK);
}

void Provider::destroy_keys() {
  reset();
  const CK_SESSION_HANDLE session = manager_session();
  for (const char* name : {kRsaKey, kRawRsaKey, kEcKey, kEdwardsKey, kAesKey, kImportedKey}) {
    for (const CK_OBJECT_HANDLE object : find(session, Attributes().text(CKA_ID, name))) {
      c.C_DestroyObject(session, object);
    }
  }
}

}  // namespace nethsm::conformance
