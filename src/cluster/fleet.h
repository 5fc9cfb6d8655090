// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/instance.h"
#include "cluster/monitor.h"
#include "cluster/settings.h"
#include "cluster/stop_signal.h"

namespace nethsm::cluster {

// What the calls of one cluster and its monitor share. Every member is thread-safe or immutable.
struct Fleet : std::enable_shared_from_this<Fleet> {
  explicit Fleet(Settings slot_settings);

  std::size_t size() const { return instances.size(); }

  // Which instance a request begins with: the one whose turn it is or, if that works on more of our requests
  // than another one does, one of the least busy in turn. A device does one thing at a time, and RSA keys
  // take it seconds. One that has just answered 429 counts as the busiest. All requests of a batch have their
  // turns before the first of them counts: a small one goes past a busy device altogether. Those that work
  // get equal shares, also while others are failed: simply skipping a failed one would give the next one its
  // share on top.
  InstanceIndex take_turn();

  // What a request has found out about an instance.
  void failed(InstanceIndex instance, const std::string& why);
  void refused(InstanceIndex instance, const std::string& why);  // its certificate

  const Settings settings;
  StopSignal stop;
  transport::OpenSockets sockets;  // outlives the connections of the instances
  std::vector<std::unique_ptr<Instance>> instances;
  std::atomic<std::size_t> next_turn;  // round robin
  std::atomic<std::uint64_t> outages{0};
  Monitor monitor;
};

}  // namespace nethsm::cluster
