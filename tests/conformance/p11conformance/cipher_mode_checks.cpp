// SPDX-License-Identifier: Apache-2.0
// Encryption in parts, and what ends an operation or must not be mixed.
#include "check.h"
#include "cipher.h"

namespace nethsm::conformance {
namespace {

// Each full block comes back at once: 16 in, 16 out.
template <Direction direction>
void blocks_at_once(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  for (int i = 0; i < 4; ++i) {
    EXPECT(cipher.update(blocks(1)), CKR_OK);
    EXPECT_THAT(cipher.written == kBlock);
  }
  EXPECT(cipher.final(), CKR_OK);
  EXPECT_THAT(cipher.written == 0);
}

template <Direction direction>
void parts_equal_whole(Provider& p) {
  Cipher<direction> cipher(p);
  const Bytes data = blocks(5);
  Bytes whole(data.size()), parts;
  CK_ULONG length = whole.size();
  EXPECT(cipher.init(), CKR_OK);
  EXPECT(cipher.all(data, whole.data(), &length), CKR_OK);
  EXPECT(cipher.init(), CKR_OK);
  for (std::size_t at = 0; at < data.size(); at += 10) {
    Bytes out(2 * kBlock);
    length = out.size();
    EXPECT(cipher.update(ByteView(data).subspan(at, 10), out.data(), &length), CKR_OK);
    parts.insert(parts.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length));
  }
  length = 0;
  CK_BYTE nothing = 0;
  EXPECT(cipher.final(&nothing, &length), CKR_OK);
  EXPECT_THAT(parts == whole);
}

template <Direction direction>
void final_at_once(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.final(), CKR_OK);
  EXPECT_THAT(cipher.written == 0);
}

template <Direction direction>
void short_update(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin(2);
  cipher.written = kBlock;
  EXPECT(cipher.update(blocks(2)), CKR_BUFFER_TOO_SMALL);
  EXPECT_THAT(cipher.written == 2 * kBlock);
  EXPECT_THAT(cipher.output == Bytes(2 * kBlock, kFill));
  EXPECT(cipher.update(blocks(2)), CKR_OK);
  EXPECT_THAT(cipher.written == 2 * kBlock);
}

// CKR_ARGUMENTS_BAD ends the operation: a new Init must succeed.
template <Direction direction>
void bad_arguments_end_it(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.all_raw(nullptr, kBlock, cipher.output.data(), &cipher.written), CKR_ARGUMENTS_BAD);
  cipher.begin();
  EXPECT(cipher.all(blocks(1), cipher.output.data(), nullptr), CKR_ARGUMENTS_BAD);
  cipher.begin();
}

template <Direction direction>
void bad_update_arguments_end_it(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.update_raw(nullptr, kBlock, cipher.output.data(), &cipher.written), CKR_ARGUMENTS_BAD);
  cipher.begin();
  EXPECT(cipher.update(blocks(1), cipher.output.data(), nullptr), CKR_ARGUMENTS_BAD);
  cipher.begin();
}

template <Direction direction>
void one_shot_after_update(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.update(blocks(1)), CKR_OK);
  EXPECT(cipher.all(blocks(1)), CKR_OPERATION_ACTIVE);
}

template <Direction direction>
void update_after_size_query(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.all(blocks(1), nullptr, &cipher.written), CKR_OK);
  EXPECT(cipher.update(blocks(1)), CKR_OPERATION_ACTIVE);
}

template <Direction direction>
void ended_by_success(Provider& p) {
  Cipher<direction> cipher(p);
  cipher.begin();
  EXPECT(cipher.all(blocks(1)), CKR_OK);
  EXPECT(cipher.all(blocks(1)), CKR_OPERATION_NOT_INITIALIZED);
}

void round_trip(Provider& p) {
  Encryption encryption(p);
  const Bytes data = blocks(9);
  Bytes encrypted(data.size()), decrypted(data.size());
  CK_ULONG length = data.size();
  EXPECT(encryption.init(), CKR_OK);
  EXPECT(encryption.all(data, encrypted.data(), &length), CKR_OK);
  EXPECT_THAT(encrypted != data);
  CK_MECHANISM cbc{CKM_AES_CBC, encryption.iv, sizeof encryption.iv};
  EXPECT(Decryption::init(p, encryption.session, &cbc, encryption.key), CKR_OK);
  EXPECT(Decryption::all(p, encryption.session, encrypted, decrypted.data(), &length), CKR_OK);
  EXPECT_THAT(decrypted == data);
}

// Every length of the last block, all at once and byte by byte.
void padded_round_trip(Provider& p) {
  Encryption encryption(p);
  CK_MECHANISM pad{CKM_AES_CBC_PAD, encryption.iv, sizeof encryption.iv};
  for (std::size_t size = 0; size <= 2 * kBlock; ++size) {
    const Bytes data(size, 0x33);
    Bytes encrypted(64), decrypted(64);
    CK_ULONG length = 0, written = 0;
    EXPECT(encryption.init(&pad), CKR_OK);
    for (std::size_t i = 0; i < size; ++i) {
      length = encrypted.size() - written;
      EXPECT(encryption.update(ByteView(data).subspan(i, 1), encrypted.data() + written, &length), CKR_OK);
      written += length;
    }
    length = encrypted.size() - written;
    EXPECT(encryption.final(encrypted.data() + written, &length), CKR_OK);
    encrypted.resize(written + length);
    EXPECT_THAT(encrypted.size() == (size / kBlock + 1) * kBlock);
    EXPECT(Decryption::init(p, encryption.session, &pad, encryption.key), CKR_OK);
    length = decrypted.size();
    EXPECT(Decryption::all(p, encryption.session, encrypted, decrypted.data(), &length), CKR_OK);
    decrypted.resize(length);
    EXPECT_THAT(decrypted == data);
  }
}

constexpr const char* kRow = "§2 Encrypt/Decrypt";
constexpr const char* kBetter = "§2 Where SoftHSM2 falls short";

constexpr Check kChecks[] = {
    {"C_Encrypt: AES-CBC comes back by C_Decrypt", kRow, round_trip},
    {"C_Encrypt: AES-CBC-PAD comes back by C_Decrypt, in parts, for every length", kRow, padded_round_trip},
    BOTH_DIRECTIONS("Update", "each full block comes back at once", kRow, blocks_at_once),
    BOTH_DIRECTIONS("Update", "parts of any size give what one call gives", kRow, parts_equal_whole),
    BOTH_DIRECTIONS("Final", "straight after Init it is 0 bytes", kRow, final_at_once),
    BOTH_DIRECTIONS("Update", "a short buffer is CKR_BUFFER_TOO_SMALL, untouched, and the operation stays",
                    kRow, short_update),
    BOTH_DIRECTIONS("", "CKR_ARGUMENTS_BAD ends the operation", kBetter, bad_arguments_end_it),
    BOTH_DIRECTIONS("Update", "CKR_ARGUMENTS_BAD ends the operation", kBetter, bad_update_arguments_end_it),
    BOTH_DIRECTIONS("", "after an Update it is CKR_OPERATION_ACTIVE", kBetter, one_shot_after_update),
    BOTH_DIRECTIONS("Update", "after a size query of the one-shot call it is CKR_OPERATION_ACTIVE", kBetter,
                    update_after_size_query),
    BOTH_DIRECTIONS("", "success ends the operation", kRow, ended_by_success),
};

}  // namespace

Checks cipher_mode_checks() { return kChecks; }

}  // namespace nethsm::conformance
