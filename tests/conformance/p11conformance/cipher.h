// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check.h"
#include "provider.h"

// C_Encrypt* and C_Decrypt* have the same signatures and rules: the checks of both are written once.
namespace nethsm::conformance {

enum class Direction { kEncrypt, kDecrypt };

inline constexpr CK_ULONG kBlock = 16;
inline const Bytes& blocks(std::size_t count) {
  static Bytes data;
  data.assign(count * kBlock, 0x5C);
  return data;
}

template <Direction direction>
struct Cipher {
  explicit Cipher(Provider& provider) : p(provider), session(p.user_session()), key(p.aes(session)) {}

  static CK_RV init(Provider& p, CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
    return (direction == Direction::kEncrypt ? p.c.C_EncryptInit : p.c.C_DecryptInit)(session, mechanism,
                                                                                      key);
  }
  static CK_RV all(Provider& p, CK_SESSION_HANDLE session, ByteView data, CK_BYTE* out, CK_ULONG* length) {
    return (direction == Direction::kEncrypt ? p.c.C_Encrypt : p.c.C_Decrypt)(session, in(data), size(data),
                                                                              out, length);
  }

  // An operation, with room for that many blocks; the calls without a buffer write there.
  void begin(std::size_t room = 1) {
    output.assign(room * kBlock, kFill);
    written = output.size();
    EXPECT(init(), CKR_OK);
  }
  CK_RV all(ByteView data) { return all(data, output.data(), &written); }
  CK_RV update(ByteView data) { return update(data, output.data(), &written); }
  CK_RV final() { return final(output.data(), &written); }

  CK_RV init(CK_MECHANISM* mechanism) { return init(p, session, mechanism, key); }
  CK_RV init() {
    CK_MECHANISM cbc{CKM_AES_CBC, iv, sizeof iv};
    return init(&cbc);
  }
  CK_RV all(ByteView data, CK_BYTE* out, CK_ULONG* length) { return all(p, session, data, out, length); }
  CK_RV all_raw(CK_BYTE* data, CK_ULONG size, CK_BYTE* out, CK_ULONG* length) {
    return (direction == Direction::kEncrypt ? p.c.C_Encrypt : p.c.C_Decrypt)(session, data, size, out,
                                                                              length);
  }
  CK_RV update(ByteView data, CK_BYTE* out, CK_ULONG* length) {
    return update_raw(in(data), size(data), out, length);
  }
  CK_RV update_raw(CK_BYTE* data, CK_ULONG size, CK_BYTE* out, CK_ULONG* length) {
    return (direction == Direction::kEncrypt ? p.c.C_EncryptUpdate : p.c.C_DecryptUpdate)(session, data, size,
                                                                                          out, length);
  }
  CK_RV final(CK_BYTE* out, CK_ULONG* length) {
    return (direction == Direction::kEncrypt ? p.c.C_EncryptFinal : p.c.C_DecryptFinal)(session, out, length);
  }

  Provider& p;
  CK_SESSION_HANDLE session;
  CK_OBJECT_HANDLE key;
  Bytes output;
  CK_ULONG written = 0;
  CK_BYTE iv[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
};

using Encryption = Cipher<Direction::kEncrypt>;
using Decryption = Cipher<Direction::kDecrypt>;

// Two rows of a table of checks: the same function template for C_Encrypt and for C_Decrypt.
#define BOTH_DIRECTIONS(suffix, says, requirement, function)                    \
  {"C_Encrypt" suffix ": " says, requirement, function<Direction::kEncrypt>}, { \
    "C_Decrypt" suffix ": " says, requirement, function<Direction::kDecrypt>    \
  }

}  // namespace nethsm::conformance
