// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "cluster/instance.h"
#include "cluster/settings.h"
#include "cluster/stop_signal.h"

namespace nethsm::cluster {

// What the calls of one cluster share. Every member is thread-safe or immutable.
struct Fleet {
  explicit Fleet(Settings slot_settings);

  const Settings settings;
  StopSignal stop;
  transport::OpenSockets sockets;  // outlives the connections of the instances
  std::vector<std::unique_ptr<Instance>> instances;
  std::atomic<std::size_t> next{0};  // round robin

  std::size_t size() const { return instances.size(); }
};

}  // namespace nethsm::cluster
