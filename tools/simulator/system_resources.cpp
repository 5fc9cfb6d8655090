// SPDX-License-Identifier: Apache-2.0
// /system: information, update, reboot and the like.
#include "simulator/backup.h"
#include "simulator/records.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

Response get_info(Context& context) {
  return json_response(R"({"softwareVersion":")" + std::string(context.profile.name) +
                       R"(","softwareBuild":"simulator","firmwareVersion":"N/A","hardwareVersion":"N/A",)"
                       R"("deviceId":"0000000000","akPub":{},"pcr":{}})");
}

Response then(Afterwards afterwards) {
  Response response = no_content();
  response.afterwards = afterwards;
  return response;
}

Response reboot(Context&) { return then(Afterwards::kReboot); }
Response shut_down(Context&) { return then(Afterwards::kShutdown); }
Response reset(Context&) { return then(Afterwards::kFactoryReset); }

// Images are signed by the vendor, whose key no simulator has.
Response update(Context& context) {
  constexpr std::string_view kMagic("_NETHSM_UPDATE_\0", 16);
  RecordReader reader(context.request.body);
  if (reader.text(kMagic.size()) != kMagic) throw Failure(400, "Invalid update file");
  reader.record();  // signature
  reader.record();  // change log
  reader.record();  // version
  throw Failure(400, "Signature check of update image failed.");
}

Response no_update(Context&) {
  throw Failure(412, "No update available. Please upload a system image to /system/update.");
}

Response back_up(Context& context) {
  const auto passphrase = context.store.backup_passphrase();
  if (!passphrase) throw Failure(412, "Please configure backup key before doing a backup.");
  const BackupContents contents{context.store.contents(), context.instance.settings(),
                                context.instance.unlock_passphrase(), passphrase};
  Response response = typed_response(kOctetStream, write_backup(contents, *passphrase));
  response.chunked = true;
  return response;
}

// What every action has in common: POST, the root Administrators'.
constexpr Route action(std::string_view pattern, Handler handler) {
  return {.pattern = pattern,
          .allow = "POST",
          .no_cache = true,
          .write_roles = kAdministrator,
          .root_only = true,
          .post = handler};
}
constexpr Route shutdown_route() {
  Route route = action("/system/shutdown", shut_down);
  route.states = kAnyState;
  route.authentication = Authentication::kWhenOperational;
  return route;
}
constexpr Route update_route() {
  Route route = action("/system/update", update);
  route.body_limit = kNoLimit;
  return route;
}
constexpr Route backup_route() {
  Route route = action("/system/backup", back_up);
  route.write_roles = kBackup;
  route.produces = kOctetStream;
  return route;
}

constexpr Route kRoutes[] = {
    {.pattern = "/system/info",
     .allow = "GET,HEAD",
     .read_roles = kAdministrator,
     .root_only = true,
     .tagged = true,
     .get = get_info},
    action("/system/reboot", reboot),
    action("/system/factory-reset", reset),
    shutdown_route(),
    update_route(),
    action("/system/commit-update", no_update),
    action("/system/cancel-update", no_update),
    backup_route(),
};

}  // namespace

std::span<const Route> system_routes() { return kRoutes; }

}  // namespace nethsm::simulator
