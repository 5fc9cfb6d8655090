// SPDX-License-Identifier: Apache-2.0
// C_EncryptInit, C_Encrypt and their opposites: arguments, lengths, results.
#include "cipher.h"

#include "check.h"

namespace nethsm::conformance {
namespace {

template <Direction direction>
void unknown_mechanism(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM mechanism{CKM_VENDOR_DEFINED | 0x7777, nullptr, 0};
  EXPECT(cipher.init(&mechanism), CKR_MECHANISM_INVALID);
}

template <Direction direction>
void signing_mechanism(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
  EXPECT(cipher.init(&mechanism), CKR_MECHANISM_INVALID);
}

template <Direction direction>
void bad_session(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM cbc{CKM_AES_CBC, cipher.iv, sizeof cipher.iv};
  CK_BYTE out[kBlock];
  CK_ULONG length = sizeof out;
  EXPECT(cipher.init(p, kNoSuchSession, &cbc, cipher.key), CKR_SESSION_HANDLE_INVALID);
  EXPECT(cipher.all(p, kNoSuchSession, blocks(1), out, &length), CKR_SESSION_HANDLE_INVALID);
}

template <Direction direction>
void bad_key(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM cbc{CKM_AES_CBC, cipher.iv, sizeof cipher.iv};
  EXPECT(cipher.init(p, cipher.session, &cbc, kNoSuchObject), CKR_KEY_HANDLE_INVALID);
}

// PKCS#11 3.x: a NULL mechanism ends the active operation; without one there is nothing to end.
template <Direction direction>
void null_mechanism(Provider& p) {
  Cipher<direction> cipher(p);
  EXPECT(cipher.init(nullptr), CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, CKR_OPERATION_NOT_INITIALIZED);
}

template <Direction direction>
void rsa_with_aes_key(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
  EXPECT(cipher.init(&mechanism), CKR_KEY_TYPE_INCONSISTENT);
}

template <Direction direction>
void aes_with_rsa_key(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM cbc{CKM_AES_CBC, cipher.iv, sizeof cipher.iv};
  const CK_OBJECT_HANDLE key =
      direction == Direction::kEncrypt ? p.rsa_public(cipher.session) : p.rsa_private(cipher.session);
  EXPECT(cipher.init(p, cipher.session, &cbc, key), CKR_KEY_TYPE_INCONSISTENT);
}

template <Direction direction>
void short_iv(Provider& p) {
  Cipher<direction> cipher(p);
  CK_MECHANISM cbc{CKM_AES_CBC, cipher.iv, sizeof cipher.iv - 1};
  EXPECT(cipher.init(&cbc), CKR_MECHANISM_PARAM_INVALID);
  CK_MECHANISM none{CKM_AES_CBC, nullptr, 0};
  EXPECT(cipher.init(&none), CKR_MECHANISM_PARAM_INVALID);
}

template <Direction direction>
void init_twice(Provider& p) {
  Cipher<direction> cipher(p);
  EXPECT(cipher.init(), CKR_OK);
  EXPECT(cipher.init(), CKR_OPERATION_ACTIVE);
}

template <Direction direction>
void null_length(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.all(blocks(1), cipher.output.data(), nullptr), CKR_ARGUMENTS_BAD);
}

template <Direction direction>
void null_data(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.all_raw(nullptr, kBlock, cipher.output.data(), &cipher.written), CKR_ARGUMENTS_BAD);
}

template <Direction direction>
void size_query(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin(4);
  cipher.written = 0;
  EXPECT(cipher.all(blocks(4), nullptr, &cipher.written), CKR_OK);
  EXPECT_THAT(cipher.written == 4 * kBlock);
  EXPECT(cipher.all(blocks(4)), CKR_OK);
  EXPECT_THAT(cipher.written == 4 * kBlock);
}

template <Direction direction>
void short_buffer(Provider& p) {
  Cipher<direction> cipher(p);
  const Bytes untouched(4 * kBlock, kFill);
  cipher.begin(4);
  cipher.written = 4 * kBlock - 1;
  EXPECT(cipher.all(blocks(4)), CKR_BUFFER_TOO_SMALL);
  EXPECT_THAT(cipher.written == 4 * kBlock);
  EXPECT_THAT(cipher.output == untouched);
  EXPECT(cipher.all(blocks(4)), CKR_OK);
  EXPECT_THAT(cipher.output != untouched);
}

template <Direction direction>
void expect_incomplete(CK_RV rv) {
  if (direction == Direction::kEncrypt) {
    EXPECT(rv, CKR_DATA_LEN_RANGE, CKR_FUNCTION_FAILED);
  } else {
    EXPECT(rv, CKR_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_FUNCTION_FAILED);
  }
}

template <Direction direction>
void incomplete_block(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin(2);
  expect_incomplete<direction>(cipher.all({blocks(2).data(), kBlock + 1}));
}

template <Direction direction>
void incomplete_at_the_end(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin(2);
  EXPECT(cipher.update({blocks(2).data(), kBlock + 1}), CKR_OK);
  EXPECT_THAT(cipher.written == kBlock);
  cipher.written = cipher.output.size();
  expect_incomplete<direction>(cipher.final());
}

template <Direction direction>
void before_init(Provider& p) {
  Cipher<direction> cipher(p);
  CK_BYTE out[kBlock];
  CK_ULONG length = sizeof out;
  EXPECT(cipher.all(blocks(1), out, &length), CKR_OPERATION_NOT_INITIALIZED);
  EXPECT(cipher.update(blocks(1), out, &length), CKR_OPERATION_NOT_INITIALIZED);
  EXPECT(cipher.final(out, &length), CKR_OPERATION_NOT_INITIALIZED);
}

template <CK_MECHANISM_TYPE type>
void rsa_round_trip(Provider& p) {
  const CK_SESSION_HANDLE session = p.user_session();
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  CK_MECHANISM mechanism{type, nullptr, 0};
  if (type == CKM_RSA_PKCS_OAEP) mechanism = {type, &oaep, sizeof oaep};
  const Bytes data = to_bytes("a message");
  Bytes encrypted(256), decrypted(256);
  CK_ULONG length = encrypted.size();
  EXPECT(p.c.C_EncryptInit(session, &mechanism, p.rsa_public(session)), CKR_OK);
  EXPECT(p.c.C_Encrypt(session, in(data), size(data), encrypted.data(), &length), CKR_OK);
  EXPECT_THAT(length == 256);
  EXPECT(p.c.C_DecryptInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
  EXPECT(p.c.C_Decrypt(session, encrypted.data(), length, decrypted.data(), &length), CKR_OK);
  decrypted.resize(length);
  EXPECT_THAT(decrypted == data);
}

constexpr const char* kRow = "§2 Encrypt/Decrypt";

constexpr Check kChecks[] = {
    BOTH_DIRECTIONS("Init", "an unknown mechanism is CKR_MECHANISM_INVALID", kRow, unknown_mechanism),
    BOTH_DIRECTIONS("Init", "a mechanism that only signs is CKR_MECHANISM_INVALID", kRow, signing_mechanism),
    BOTH_DIRECTIONS("Init", "a bad session is CKR_SESSION_HANDLE_INVALID", kRow, bad_session),
    BOTH_DIRECTIONS("Init", "a bad key is CKR_KEY_HANDLE_INVALID", kRow, bad_key),
    BOTH_DIRECTIONS("Init", "a NULL mechanism is refused", kRow, null_mechanism),
    BOTH_DIRECTIONS("Init", "an RSA mechanism with an AES key is CKR_KEY_TYPE_INCONSISTENT", kRow,
                    rsa_with_aes_key),
    BOTH_DIRECTIONS("Init", "an AES mechanism with an RSA key is CKR_KEY_TYPE_INCONSISTENT", kRow,
                    aes_with_rsa_key),
    BOTH_DIRECTIONS("Init", "an IV of 15 bytes or none is CKR_MECHANISM_PARAM_INVALID",
                    "§2 Where SoftHSM2 falls short", short_iv),
    BOTH_DIRECTIONS("Init", "a second one is CKR_OPERATION_ACTIVE", kRow, init_twice),
    BOTH_DIRECTIONS("", "a NULL length is CKR_ARGUMENTS_BAD", kRow, null_length),
    BOTH_DIRECTIONS("", "NULL data is CKR_ARGUMENTS_BAD", kRow, null_data),
    BOTH_DIRECTIONS("", "a size query tells the exact length", kRow, size_query),
    BOTH_DIRECTIONS("", "a short buffer is CKR_BUFFER_TOO_SMALL, untouched, and the operation stays", kRow,
                    short_buffer),
    BOTH_DIRECTIONS("", "an incomplete block is CKR_DATA_LEN_RANGE", kRow, incomplete_block),
    BOTH_DIRECTIONS("Final", "an incomplete block is CKR_DATA_LEN_RANGE", kRow, incomplete_at_the_end),
    BOTH_DIRECTIONS("", "before Init it is CKR_OPERATION_NOT_INITIALIZED", kRow, before_init),
    {"C_Encrypt: RSA PKCS1 comes back by C_Decrypt", kRow, rsa_round_trip<CKM_RSA_PKCS>},
    {"C_Encrypt: RSA OAEP comes back by C_Decrypt", kRow, rsa_round_trip<CKM_RSA_PKCS_OAEP>},
    {"C_Decrypt: a short RSA ciphertext is CKR_ENCRYPTED_DATA_LEN_RANGE", "§4",
     [](Provider& p) {
       const CK_SESSION_HANDLE session = p.user_session();
       CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
       EXPECT(p.c.C_DecryptInit(session, &mechanism, p.rsa_private(session)), CKR_OK);
       Bytes out(256);
       CK_ULONG length = out.size();
       EXPECT(p.c.C_Decrypt(session, in(blocks(1)), kBlock, out.data(), &length),
              CKR_ENCRYPTED_DATA_LEN_RANGE);
     }},
};

}  // namespace

Checks cipher_checks() { return kChecks; }

}  // namespace nethsm::conformance
