// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "transport/endpoint.h"
#include "transport/tls.h"

namespace nethsm::cluster {

struct InstanceSettings {
  transport::Endpoint endpoint;
  std::size_t max_idle_connections = 256;
  std::size_t steady_connections = 256;  // idle ones beyond it are closed after a minute
};

// What the configuration of a slot says about its instances, with the defaults filled in.
struct Settings {
  std::string name;  // the slot's label, for log lines
  std::vector<InstanceSettings> instances;
  std::size_t first_turn = 0;  // the instance that is asked first; round robin from there
  struct Retries {
    std::uint32_t count = 0;
    seconds delay{0};
  };
  std::optional<Retries> retries;  // absent: one attempt per instance
  Clock::duration connect_timeout = seconds(10);
  Clock::duration timeout = seconds(60);
  std::optional<Clock::duration> connections_max_idle_duration;
  bool threads_allowed = true;  // for the health monitor
  // Shared by the slots of one library run, so that certificates are loaded once; null: the cluster has its
  // own.
  std::shared_ptr<transport::TlsContexts> tls;
};

}  // namespace nethsm::cluster
