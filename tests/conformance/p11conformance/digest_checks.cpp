// SPDX-License-Identifier: Apache-2.0
// C_Digest.
#include "check.h"
#include "fixture/openssl.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

const Bytes kMessage = to_bytes("a message that is digested");
constexpr CK_ULONG kLength = 32;

struct Digest {
  explicit Digest(Provider& provider) : p(provider), session(p.open()) {}

  CK_RV init(CK_MECHANISM_TYPE type = CKM_SHA256) {
    CK_MECHANISM mechanism{type, nullptr, 0};
    return p.c.C_DigestInit(session, &mechanism);
  }
  CK_RV all(ByteView data, CK_BYTE* out, CK_ULONG* length) {
    return p.c.C_Digest(session, in(data), size(data), out, length);
  }
  CK_RV update(ByteView data) { return p.c.C_DigestUpdate(session, in(data), size(data)); }

  Provider& p;
  CK_SESSION_HANDLE session;
};

template <CK_MECHANISM_TYPE type>
void equals(Provider& p, const char* name) {
  Digest digest(p);
  const Bytes expected = test::digest(name, kMessage);
  Bytes out(64);
  CK_ULONG length = out.size();
  EXPECT(digest.init(type), CKR_OK);
  EXPECT(digest.all(kMessage, out.data(), &length), CKR_OK);
  out.resize(length);
  EXPECT_THAT(out == expected);
}

constexpr const char* kRow = "§2 Digest";
constexpr const char* kListed = "§1.1 Digests";

constexpr Check kChecks[] = {
    {"C_Digest: SHA-1", kListed, [](Provider& p) { equals<CKM_SHA_1>(p, "SHA1"); }},
    {"C_Digest: SHA-224", kListed, [](Provider& p) { equals<CKM_SHA224>(p, "SHA224"); }},
    {"C_Digest: SHA-256", kListed, [](Provider& p) { equals<CKM_SHA256>(p, "SHA256"); }},
    {"C_Digest: SHA-384", kListed, [](Provider& p) { equals<CKM_SHA384>(p, "SHA384"); }},
    {"C_Digest: SHA-512", kListed, [](Provider& p) { equals<CKM_SHA512>(p, "SHA512"); }},
    {"C_DigestInit: a bad mechanism is CKR_MECHANISM_INVALID", kRow,
     [](Provider& p) {
       Digest digest(p);
       EXPECT(digest.init(CKM_VENDOR_DEFINED | 0x7777), CKR_MECHANISM_INVALID);
       EXPECT(digest.init(CKM_AES_CBC), CKR_MECHANISM_INVALID);
     }},
    {"C_DigestInit: a bad session is CKR_SESSION_HANDLE_INVALID", kRow,
     [](Provider& p) {
       CK_MECHANISM mechanism{CKM_SHA256, nullptr, 0};
       EXPECT(p.c.C_DigestInit(kNoSuchSession, &mechanism), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_DigestInit: a second one is CKR_OPERATION_ACTIVE", kRow,
     [](Provider& p) {
       Digest digest(p);
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.init(), CKR_OPERATION_ACTIVE);
     }},
    {"C_Digest: a size query tells the length and keeps the operation", kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_BYTE out[kLength];
       CK_ULONG length = 0;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.all(kMessage, nullptr, &length), CKR_OK);
       EXPECT_THAT(length == kLength);
       EXPECT(digest.all(kMessage, out, &length), CKR_OK);
     }},
    {"C_Digest: CKR_BUFFER_TOO_SMALL keeps the operation", kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_BYTE out[kLength];
       CK_ULONG length = kLength - 1;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.all(kMessage, out, &length), CKR_BUFFER_TOO_SMALL);
       EXPECT_THAT(length == kLength);
       EXPECT(digest.all(kMessage, out, &length), CKR_OK);
     }},
    {"C_DigestFinal: CKR_BUFFER_TOO_SMALL keeps the operation", kRow,
     [](Provider& p) {
       Digest digest(p);
       Bytes out(kLength);
       CK_ULONG length = kLength - 1;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.update(kMessage), CKR_OK);
       EXPECT(p.c.C_DigestFinal(digest.session, out.data(), &length), CKR_BUFFER_TOO_SMALL);
       EXPECT(p.c.C_DigestFinal(digest.session, out.data(), &length), CKR_OK);
       EXPECT_THAT(out == test::digest("SHA256", kMessage));
     }},
    {"C_Digest: NULL is CKR_ARGUMENTS_BAD and ends the operation", kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_BYTE out[kLength];
       CK_ULONG length = kLength;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(p.c.C_Digest(digest.session, nullptr, 5, out, &length), CKR_ARGUMENTS_BAD);
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.all(kMessage, out, nullptr), CKR_ARGUMENTS_BAD);
       EXPECT(digest.init(), CKR_OK);
       EXPECT(p.c.C_DigestUpdate(digest.session, nullptr, 5), CKR_ARGUMENTS_BAD);
       EXPECT(digest.init(), CKR_OK);
     }},
    {"C_Digest: after an Update it is CKR_OPERATION_ACTIVE, and the operation ended", kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_BYTE out[kLength];
       CK_ULONG length = kLength;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.update(kMessage), CKR_OK);
       EXPECT(digest.all(kMessage, out, &length), CKR_OPERATION_ACTIVE);
       EXPECT(digest.update(kMessage), CKR_OPERATION_NOT_INITIALIZED);
     }},
    {"C_DigestUpdate: after a size query of C_Digest it is CKR_OPERATION_ACTIVE, and the operation ended",
     kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_ULONG length = 0;
       EXPECT(digest.init(), CKR_OK);
       EXPECT(digest.all(kMessage, nullptr, &length), CKR_OK);
       EXPECT(digest.update(kMessage), CKR_OPERATION_ACTIVE);
       EXPECT(digest.init(), CKR_OK);
     }},
    {"C_Digest: before Init it is CKR_OPERATION_NOT_INITIALIZED", kRow,
     [](Provider& p) {
       Digest digest(p);
       CK_BYTE out[kLength];
       CK_ULONG length = kLength;
       EXPECT(digest.all(kMessage, out, &length), CKR_OPERATION_NOT_INITIALIZED);
       EXPECT(digest.update(kMessage), CKR_OPERATION_NOT_INITIALIZED);
       EXPECT(p.c.C_DigestFinal(digest.session, out, &length), CKR_OPERATION_NOT_INITIALIZED);
     }},
};

}  // namespace

Checks digest_checks() { return kChecks; }

}  // namespace nethsm::conformance
