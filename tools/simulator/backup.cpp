// SPDX-License-Identifier: Apache-2.0
#include "simulator/backup.h"

#include <algorithm>

#include "simulator/backup_json.h"
#include "simulator/failure.h"
#include "simulator/openssl_handles.h"
#include "simulator/records.h"

namespace nethsm::simulator {
namespace {

// Magic, format version, then records: salt, encrypted version, encrypted contents in pieces, an empty
// record; then the end mark.
constexpr std::string_view kMagic = "_NETHSM_BACKUP_";
constexpr std::string_view kEndMark = "_NETHSM_BACKUP_END_";
constexpr char kFormat = 1;
constexpr std::string_view kContentsVersion = "simulator 1";
constexpr std::size_t kPieceBytes = 1024 * 1024;
constexpr std::size_t kNonceBytes = 12, kTagBytes = 16;

Bytes encrypt(const Bytes& key, std::string_view text) {
  Bytes result = random_bytes(kNonceBytes);
  result.resize(kNonceBytes + text.size() + kTagBytes);
  const Bytes data = to_bytes(text);
  const EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
  int size = 0;
  require(
      context != nullptr &&
          EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), result.data(), nullptr) == 1 &&
          EVP_EncryptUpdate(context.get(), result.data() + kNonceBytes, &size, data.data(),
                            static_cast<int>(data.size())) == 1 &&
          EVP_EncryptFinal_ex(context.get(), result.data() + kNonceBytes + size, &size) == 1 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, int{kTagBytes},
                              result.data() + kNonceBytes + text.size()) == 1,
      "AES-GCM");
  return result;
}

// Nothing when the key is wrong or the data is damaged.
std::optional<std::string> decrypt_text(const Bytes& key, Bytes data) {
  if (data.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::size_t size = data.size() - kNonceBytes - kTagBytes;
  Bytes text(size + 1);
  const EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool correct =
      context != nullptr &&
      EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), data.data(), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), text.data(), &written, data.data() + kNonceBytes,
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, int{kTagBytes},
                          data.data() + kNonceBytes + size) == 1 &&
      EVP_DecryptFinal_ex(context.get(), text.data() + written, &written) == 1;
  if (!correct) return std::nullopt;
  return std::string(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

std::string write_backup(const BackupContents& contents, const SlowPassphrase& passphrase) {
  std::string file(kMagic);
  file += kFormat;
  append_record(file, passphrase.salt);
  append_record(file, encrypt(passphrase.key, kContentsVersion));
  const Bytes data = encrypt(passphrase.key, to_json(contents).dump());
  for (std::size_t at = 0; at < data.size(); at += kPieceBytes) {
    const auto first = data.begin() + static_cast<std::ptrdiff_t>(at);
    append_record(file,
                  Bytes(first, first + static_cast<std::ptrdiff_t>(std::min(kPieceBytes, data.size() - at))));
  }
  append_record(file, {});
  return file.append(kEndMark);
}

BackupFile::BackupFile(std::string_view data) {
  RecordReader reader(data);
  if (reader.text(kMagic.size()) != kMagic) throw Failure(400, "Not a NetHSM backup file");
  if (reader.text(1)[0] != kFormat) throw Failure(400, "Version mismatch on restore");
  salt_ = reader.record();
  version_ = reader.record();
  for (Bytes piece = reader.record(); !piece.empty(); piece = reader.record())
    contents_.insert(contents_.end(), piece.begin(), piece.end());
}

BackupContents BackupFile::decrypt(const Bytes& key) const {
  if (decrypt_text(key, version_) != kContentsVersion)
    throw Failure(400, "Could not decrypt backup-version, authentication failed. Is the passphrase correct?");
  const auto text = decrypt_text(key, contents_);
  if (!text) throw Failure(400, "Could not decrypt backup, authentication failed.");
  return backup_from_json(nlohmann::json::parse(*text));
}

}  // namespace nethsm::simulator
