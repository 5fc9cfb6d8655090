// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cluster/cluster.h"
#include "nethsm/key.h"

namespace nethsm::api {

// A NetHSM user with the header that proves it. Cheap to copy.
struct Credential {
  std::string user;  // as in the Basic header: "operator" or "namespace~operator"
  transport::Authorization authorization;
};
Credential make_credential(std::string_view user, const Secret& passphrase);

// Why the device, or the way to it, said no.
struct Error {
  enum class Kind : std::uint8_t {
    kUnauthorized,    // 401: unknown user or wrong passphrase
    kForbidden,       // 403: wrong role, or the namespace does not exist
    kTagsNotMet,      // 403 with "tags restriction not met"
    kNotFound,        // 404
    kExists,          // 409, or 400 "... already exists"
    kRejected,        // any other 4xx: the request as such is not acceptable
    kTooLarge,        // 413
    kBusy,            // 429 or 5xx from every instance that was asked
    kNotOperational,  // 412: locked, unprovisioned or failed
    kUnreachable,     // no instance answered
    kRefusedPeer,     // certificates do not match the configuration
    kOutcomeUnknown,  // a write that may or may not have happened, and could not be read back
    kProtocol,        // an answer that cannot be understood
  };
  Kind kind = Kind::kProtocol;
  std::string message;  // for the log; no secrets
};
template <class T>
using ApiResult = Result<T, Error>;

enum class SystemState : std::uint8_t { kUnprovisioned, kLocked, kOperational, kFailed, kUnknown };
enum class Role : std::uint8_t { kAdministrator, kOperator, kMetrics, kBackup, kUnknown };

struct DeviceInfo {
  std::string vendor;  // GET /info
  std::string product;
};
struct SystemInfo {  // GET /system/info, R-Administrator only
  std::string software_version;
  std::string hardware_version;
  std::string device_id;
};
struct KeyFilter {
  std::optional<std::string> label;  // exact; needs API 5.0
};

// The NetHSM REST API as typed calls, one HTTP request each unless said otherwise. Thread-safe, stateless but
// for the cluster under it and what it remembers of recent writes: reads of a key prefer for 10 s the
// instance that wrote it.
class Client {
 public:
  explicit Client(std::shared_ptr<cluster::Cluster> cluster);
  ~Client();

  // At least one instance is operational. One that is expected to be is asked and, unless it says so, all at
  // once.
  bool is_operational();
  // The state of each instance, asked concurrently; kUnknown for those that do not answer.
  std::vector<SystemState> states();
  ApiResult<DeviceInfo> info();
  ApiResult<SystemInfo> system_info(const Credential& as);
  ApiResult<Role> role(const Credential& as);  // of the user itself; proves the passphrase

  ApiResult<std::vector<std::string>> list_keys(const Credential& as, const KeyFilter& filter = {});
  // `known`: the key is known to exist, so a 404 is asked of the other instances before it is believed.
  ApiResult<Key> key(const Credential& as, std::string_view id, bool known = false);
  std::vector<ApiResult<Key>> keys(const Credential& as,
                                   std::span<const std::string> ids);  // one request each, wide
  // The stored bytes as they are; nullopt where the key has no certificate.
  ApiResult<std::optional<Bytes>> certificate(const Credential& as, std::string_view id);
  std::vector<ApiResult<std::optional<Bytes>>> certificates(const Credential& as,
                                                            std::span<const std::string> ids);

  // Writes. Done exactly once or reported; where an answer was lost they read back what happened (more
  // requests then).
  ApiResult<Ok> generate_key(const Credential& as, const NewKey& key);     // the id must be known to be free
  ApiResult<Ok> import_key(const Credential& as, const ImportedKey& key);  // likewise
  ApiResult<Ok> delete_key(const Credential& as, std::string_view id);
  ApiResult<Ok> move_key(const Credential& as, std::string_view id, std::string_view new_id);
  ApiResult<Ok> set_label(const Credential& as, std::string_view id,
                          std::string_view label);  // needs API 5.0
  ApiResult<Ok> put_certificate(const Credential& as, std::string_view id, ByteView stored_form);
  ApiResult<Ok> delete_certificate(const Credential& as, std::string_view id);
  ApiResult<Ok> set_passphrase(const Credential& as, std::string_view user, const Secret& passphrase);

  // `mode` is one of the key's mechanisms; its spelling for the request comes from the vocabulary.
  ApiResult<Bytes> sign(const Credential& as, std::string_view id, Mechanism mode, ByteView message);
  ApiResult<SecretBytes> decrypt(const Credential& as, std::string_view id, Mechanism mode, ByteView data,
                                 std::optional<ByteView> iv = std::nullopt);
  ApiResult<Bytes> encrypt(const Credential& as, std::string_view id, Mechanism mode, ByteView data,
                           ByteView iv);
  ApiResult<Bytes> random(const Credential& as, std::size_t length);  // 1..kMaxRandomLength

  // True from API 5.0 on; asked once and remembered (one request that needs no credential).
  bool has_labels();

  // Changes whenever no instance could answer: what states() has said may be over.
  std::uint64_t outages() const;

  void stop();
  void abandon_after_fork() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::api
