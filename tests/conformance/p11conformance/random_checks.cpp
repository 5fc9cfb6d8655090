// SPDX-License-Identifier: Apache-2.0
// C_GenerateRandom, C_SeedRandom.
#include "check.h"
#include "provider.h"

namespace nethsm::conformance {
namespace {

void needs_generator(Provider& p, bool wanted) {
  if (((p.token_info().flags & CKF_RNG) != 0) != wanted) {
    throw NotApplicable{wanted ? "the token has no random number generator"
                               : "the token has a random number generator"};
  }
}

constexpr const char* kRow = "§2 Random";

constexpr Check kChecks[] = {
    {"C_GenerateRandom: bytes of any number, never the same", kRow,
     [](Provider& p) {
       needs_generator(p, true);
       const CK_SESSION_HANDLE session = p.open();
       if (p.login_required) EXPECT(p.login(session, CKU_USER), CKR_OK);
       for (const std::size_t bytes : {1024U, 10U, 100U}) {
         Bytes one(bytes), two(bytes);
         EXPECT(p.c.C_GenerateRandom(session, one.data(), size(one)), CKR_OK);
         EXPECT(p.c.C_GenerateRandom(session, two.data(), size(two)), CKR_OK);
         EXPECT_THAT(one != two && one != Bytes(bytes));
       }
     }},
    {"C_GenerateRandom: NULL is CKR_ARGUMENTS_BAD", kRow,
     [](Provider& p) {
       needs_generator(p, true);
       EXPECT(p.c.C_GenerateRandom(p.user_session(), nullptr, 10), CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateRandom: 0 bytes are answered", kRow,
     [](Provider& p) {
       needs_generator(p, true);
       CK_BYTE nothing = 0;
       EXPECT(p.c.C_GenerateRandom(p.user_session(), &nothing, 0), CKR_OK, CKR_ARGUMENTS_BAD);
     }},
    {"C_GenerateRandom: a bad session is CKR_SESSION_HANDLE_INVALID", kRow,
     [](Provider& p) {
       CK_BYTE out[10];
       EXPECT(p.c.C_GenerateRandom(kNoSuchSession, out, sizeof out), CKR_SESSION_HANDLE_INVALID);
     }},
    {"C_GenerateRandom: without CKF_RNG it is CKR_RANDOM_NO_RNG", kRow,
     [](Provider& p) {
       needs_generator(p, false);
       CK_BYTE out[10];
       EXPECT(p.c.C_GenerateRandom(p.open(), out, sizeof out), CKR_RANDOM_NO_RNG);
     }},
    {"C_SeedRandom: taken, or CKR_RANDOM_SEED_NOT_SUPPORTED", kRow,
     [](Provider& p) {
       CK_BYTE seed[] = {1, 2, 3, 4};
       EXPECT(p.c.C_SeedRandom(p.user_session(), seed, sizeof seed), CKR_OK, CKR_RANDOM_SEED_NOT_SUPPORTED);
     }},
    {"C_SeedRandom: NULL is CKR_ARGUMENTS_BAD", kRow,
     [](Provider& p) { EXPECT(p.c.C_SeedRandom(p.user_session(), nullptr, 4), CKR_ARGUMENTS_BAD); }},
    {"C_SeedRandom: a bad session is CKR_SESSION_HANDLE_INVALID", kRow,
     [](Provider& p) {
       CK_BYTE seed[] = {1, 2, 3, 4};
       EXPECT(p.c.C_SeedRandom(kNoSuchSession, seed, sizeof seed), CKR_SESSION_HANDLE_INVALID);
     }},
};

}  // namespace

Checks random_checks() { return kChecks; }

}  // namespace nethsm::conformance
