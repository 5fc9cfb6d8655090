// SPDX-License-Identifier: Apache-2.0
// C_Sign, C_Verify.
#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

const Bytes kMessage = to_bytes("a message that is signed and verified");

struct KeyPair {
  CK_OBJECT_HANDLE private_key, public_key;
};
KeyPair rsa(Provider& p, CK_SESSION_HANDLE session) {
  return {p.rsa_private(session), p.rsa_public(session)};
}
KeyPair ec(Provider& p, CK_SESSION_HANDLE session) { return {p.ec_private(session), p.ec_public(session)}; }

CK_RV verify(Provider& p, CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE key,
             ByteView data, ByteView signature) {
  CK_MECHANISM mechanism{type, nullptr, 0};
  EXPECT(p.c.C_VerifyInit(session, &mechanism, key), CKR_OK);
  return p.c.C_Verify(session, in(data), size(data), in(signature), size(signature));
}

template <CK_MECHANISM_TYPE type, KeyPair (*keys)(Provider&, CK_SESSION_HANDLE), std::size_t input>
void round_trip(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const KeyPair pair = keys(p, session);
  const ByteView data = ByteView(kMessage).first(input);
  Filled signature = p.sign(session, type, pair.private_key, data);
  EXPECT(signature.rv, CKR_OK);
  EXPECT(verify(p, session, type, pair.public_key, data, signature.bytes), CKR_OK);
  Bytes other = to_bytes(data);
  other[3] ^= 1;
  EXPECT(verify(p, session, type, pair.public_key, other, signature.bytes), CKR_SIGNATURE_INVALID);
  signature.bytes[7] ^= 1;
  EXPECT(verify(p, session, type, pair.public_key, data, signature.bytes), CKR_SIGNATURE_INVALID);
  EXPECT(verify(p, session, type, pair.public_key, data, ByteView(signature.bytes).first(4)),
         CKR_SIGNATURE_LEN_RANGE);
}

void sign_in_parts(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const Filled whole = p.sign(session, CKM_SHA256_RSA_PKCS, p.rsa_private(session), kMessage);
  EXPECT(whole.rv, CKR_OK);
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  EXPECT(p.c.C_SignInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
  for (std::size_t i = 0; i < kMessage.size(); ++i) {
    EXPECT(p.c.C_SignUpdate(session, in(kMessage) + i, 1), CKR_OK);
  }
  Bytes signature(256);
  CK_ULONG length = signature.size();
  EXPECT(p.c.C_SignFinal(session, signature.data(), &length), CKR_OK);
  EXPECT_THAT(signature == whole.bytes);
}

void verify_in_parts(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const Filled signature = p.sign(session, CKM_SHA256_RSA_PKCS, p.rsa_private(session), kMessage);
  EXPECT(signature.rv, CKR_OK);
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  EXPECT(p.c.C_VerifyInit(session, &mechanism, p.rsa_public(session)), CKR_OK);
  for (std::size_t i = 0; i < kMessage.size(); ++i) {
    EXPECT(p.c.C_VerifyUpdate(session, in(kMessage) + i, 1), CKR_OK);
  }
  EXPECT(p.c.C_VerifyFinal(session, in(signature.bytes), size(signature.bytes)), CKR_OK);
  EXPECT(p.c.C_VerifyFinal(session, in(signature.bytes), size(signature.bytes)),
         CKR_OPERATION_NOT_INITIALIZED);
}

void sign_lengths(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  EXPECT(p.c.C_SignInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
  CK_ULONG length = 0;
  EXPECT(p.c.C_Sign(session, in(kMessage), size(kMessage), nullptr, &length), CKR_OK);
  EXPECT_THAT(length == 256);
  Bytes signature(256, kFill);
  length = 255;
  EXPECT(p.c.C_Sign(session, in(kMessage), size(kMessage), signature.data(), &length), CKR_BUFFER_TOO_SMALL);
  EXPECT_THAT(length == 256);
  EXPECT_THAT(signature == Bytes(256, kFill));
  EXPECT(p.c.C_Sign(session, in(kMessage), size(kMessage), signature.data(), &length), CKR_OK);
  EXPECT(p.c.C_Sign(session, in(kMessage), size(kMessage), signature.data(), &length),
         CKR_OPERATION_NOT_INITIALIZED);
}

void sign_init_twice(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const CK_OBJECT_HANDLE key = p.rsa_private(session);
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  EXPECT(p.c.C_SignInit(session, &mechanism, key), CKR_OK);
  EXPECT(p.c.C_SignInit(session, &mechanism, key), CKR_OPERATION_ACTIVE);
}

void sign_after_update(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  Bytes signature(256);
  CK_ULONG length = signature.size();
  EXPECT(p.c.C_SignInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
  EXPECT(p.c.C_SignUpdate(session, in(kMessage), 1), CKR_OK);
  EXPECT(p.c.C_Sign(session, in(kMessage), 1, signature.data(), &length), CKR_OPERATION_ACTIVE);
}

void sign_init_arguments(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  const CK_OBJECT_HANDLE key = p.rsa_private(session);
  CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
  CK_MECHANISM unknown{CKM_VENDOR_DEFINED | 0x7777, nullptr, 0};
  EXPECT(p.c.C_SignInit(kNoSuchSession, &mechanism, key), CKR_SESSION_HANDLE_INVALID);
  EXPECT(p.c.C_SignInit(session, &unknown, key), CKR_MECHANISM_INVALID);
  EXPECT(p.c.C_SignInit(session, nullptr, key), CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID,
         CKR_OPERATION_NOT_INITIALIZED);
}

void too_long(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  EXPECT(p.sign(session, CKM_RSA_PKCS, p.rsa_private(session), Bytes(246)).rv, CKR_DATA_LEN_RANGE);
}

void pss_digest_length(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  CK_MECHANISM mechanism{CKM_RSA_PKCS_PSS, &pss, sizeof pss};
  EXPECT(p.c.C_SignInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
  Bytes signature(256);
  CK_ULONG length = signature.size();
  EXPECT(p.c.C_Sign(session, in(kMessage), 33, signature.data(), &length), CKR_DATA_LEN_RANGE);
}

constexpr const char* kRow = "§2 Sign/Verify";
constexpr const char* kBetter = "§2 Where SoftHSM2 falls short";

constexpr Check kChecks[] = {
    {"C_Verify: SHA256-RSA-PKCS: right is CKR_OK, flipped CKR_SIGNATURE_INVALID, short LEN_RANGE", kRow,
     round_trip<CKM_SHA256_RSA_PKCS, rsa, 37>},
    {"C_Verify: RSA-PKCS: right is CKR_OK, flipped CKR_SIGNATURE_INVALID, short LEN_RANGE", kRow,
     round_trip<CKM_RSA_PKCS, rsa, 20>},
    {"C_Verify: ECDSA: right is CKR_OK, flipped CKR_SIGNATURE_INVALID, short LEN_RANGE", kRow,
     round_trip<CKM_ECDSA, ec, 32>},
    {"C_SignFinal: a message signed in parts has the signature of the whole", kRow, sign_in_parts},
    {"C_VerifyFinal: a message is verified in parts", kRow, verify_in_parts},
    {"C_Sign: the length is told, a short buffer stays as it was, success ends the operation", kRow,
     sign_lengths},
    {"C_SignInit: a second one is CKR_OPERATION_ACTIVE", kRow, sign_init_twice},
    {"C_Sign: after an Update it is CKR_OPERATION_ACTIVE", kBetter, sign_after_update},
    {"C_SignInit: a bad session, a bad or NULL mechanism are refused", kRow, sign_init_arguments},
    {"C_SignInit: a bad key is CKR_KEY_HANDLE_INVALID", kRow,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
       EXPECT(p.c.C_SignInit(p.user_session(), &mechanism, kNoSuchObject), CKR_KEY_HANDLE_INVALID);
     }},
    {"C_VerifyInit: a bad key is CKR_KEY_HANDLE_INVALID", kRow,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
       EXPECT(p.c.C_VerifyInit(p.user_session(), &mechanism, kNoSuchObject), CKR_KEY_HANDLE_INVALID);
     }},
    {"C_Sign: before Init it is CKR_OPERATION_NOT_INITIALIZED", kRow,
     [](Provider& p) {
       Bytes signature(256);
       CK_ULONG length = signature.size();
       EXPECT(p.c.C_Sign(p.open(), in(kMessage), 8, signature.data(), &length),
              CKR_OPERATION_NOT_INITIALIZED);
     }},
    {"C_Verify: before Init it is CKR_OPERATION_NOT_INITIALIZED", kRow,
     [](Provider& p) {
       EXPECT(p.c.C_Verify(p.open(), in(kMessage), 8, in(kMessage), 8), CKR_OPERATION_NOT_INITIALIZED);
     }},
    {"C_SignInit: CKM_RSA_PKCS with an EC key is CKR_KEY_TYPE_INCONSISTENT", "§4",
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
       EXPECT(p.c.C_SignInit(session, &mechanism, p.ec_private(session)), CKR_KEY_TYPE_INCONSISTENT);
     }},
    {"C_Sign: data too long for CKM_RSA_PKCS is CKR_DATA_LEN_RANGE", "§4", too_long},
    {"C_Sign: data of another length than the hash of CKM_RSA_PKCS_PSS is CKR_DATA_LEN_RANGE", "§4",
     pss_digest_length},
};

}  // namespace

Checks signature_checks() { return kChecks; }

}  // namespace nethsm::conformance
