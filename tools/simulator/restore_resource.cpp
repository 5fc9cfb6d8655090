// SPDX-License-Identifier: Apache-2.0
// /system/restore
#include "simulator/backup.h"
#include "simulator/json_record.h"
#include "simulator/lax_json.h"
#include "simulator/multipart.h"
#include "simulator/provisioning.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

constexpr std::size_t kMaxArgumentBytes = 1024;

bool has_media_type(const Context& context) {
  const auto header = context.request.header("Content-Type");
  return header && media_range(*header);
}

struct Arguments {
  std::optional<std::string> passphrase;
  std::optional<Timestamp> time;
};

Arguments read_arguments(const std::string& text) {
  if (text.size() > kMaxArgumentBytes) throw Failure(400, "Meta data is too large.");
  const auto json = parse_lax_json(text);
  const JsonRecord record(json, "Json.restore_req", {"backupPassphrase", "systemTime"});
  const auto time = record.optional_string("systemTime");
  Arguments arguments{record.optional_string("backupPassphrase"), std::nullopt};
  try {
    if (time) arguments.time = parse_timestamp(*time);
  } catch (const TimestampError& error) {
    throw Failure(400, error.what());
  }
  return arguments;
}

std::vector<MultipartPart> read_parts(const Request& request) {
  const auto boundary = multipart_boundary(*request.header("Content-Type"));
  if (!boundary) throw Failure(400, "Backup data cannot be empty.");
  auto parts = parse_multipart(*boundary, request.body);
  if (!parts || parts->empty()) throw Failure(400, "Body cannot be empty.");
  if (parts->size() < 2) throw Failure(400, "Backup data cannot be empty.");
  return std::move(*parts);
}

// Without a passphrase a device can open what it has encrypted itself.
Bytes backup_key(const Context& context, const Arguments& arguments, const BackupFile& file) {
  if (arguments.passphrase) return derive_key(*arguments.passphrase, file.salt());
  const auto own = context.store.backup_passphrase();
  if (!own || own->salt != file.salt()) throw Failure(400, "No backupPassphrase provided");
  return own->key;
}

// Operational devices keep their configuration.
Response restore(Context& context) {
  const auto parts = read_parts(context.request);
  const Arguments arguments = read_arguments(parts[0].data);
  const BackupFile file(parts[1].data);
  BackupContents contents = file.decrypt(backup_key(context, arguments, file));
  context.store.replace(std::move(contents.store));
  if (arguments.time) context.instance.set_time(*arguments.time);
  if (context.instance.state() == State::kOperational) return no_content();
  context.store.set_backup_passphrase(contents.backup_passphrase);
  context.instance.set_settings(contents.settings);
  for (const auto& instance : context.cluster.instances) {
    instance->set_unlock_passphrase(contents.unlock_passphrase);
    instance->set_state(State::kLocked);
  }
  return no_content();
}

constexpr Route kRoutes[] = {
    {.pattern = "/system/restore",
     .allow = "POST",
     .states = kUnprovisioned | kOperational,
     .no_cache = true,
     .authentication = Authentication::kWhenOperational,
     .write_roles = kAdministrator,
     .root_only = true,
     .known_content_type = has_media_type,
     .body_limit = kNoLimit,
     .post = restore},
};

}  // namespace

std::span<const Route> restore_routes() { return kRoutes; }

}  // namespace nethsm::simulator
