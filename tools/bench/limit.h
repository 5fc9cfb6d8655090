// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "bench/operations.h"
#include "config/config.h"

namespace nethsm::bench {

// The devices of a slot as the barest client sees them: no failover, no check of certificates, no JSON.
struct Devices {
  explicit Devices(const config::Slot& slot);

  struct Device {
    std::string host, port, path;
    bool tls = true;
  };
  std::vector<Device> devices;
  std::string authorization;  // header line of the operator
  mutable std::atomic<std::size_t> next{0};
};

// Sends the same request again and again, to the devices in turn, over a kept connection to each.
Work limit_work(const Devices& devices, const Exchange& exchange);

// What a cold listing costs the barest client: the ids, and then each key's details, with as many connections
// and requests under way as the module has.
Work limit_listing(const Devices& devices);

}  // namespace nethsm::bench
