// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "cluster/fleet.h"
#include "transport/connection.h"

namespace nethsm::cluster {

// Checks of failed instances that are under way, side by side: GET /health/ready, which asks for no
// credential, on a connection of its own. What a check finds out, it tells the instance; a connection that
// worked goes to the instance's pool. Never waits but for a name to be resolved. Not thread-safe.
class Probes {
 public:
  Probes(Fleet& fleet, Clock::duration limit) : fleet_(fleet), limit_(limit) {}
  ~Probes();  // those that have not been answered have failed

  void start(InstanceIndex instance);
  bool empty() const { return probes_.empty(); }

  void append_descriptors(std::vector<pollfd>& list) const;
  Clock::time_point due() const;  // advance() has to be called then, whatever poll(2) says
  // With the entries that append_descriptors() has made, after poll(2).
  void advance(std::span<const pollfd> polled);

 private:
  struct Probe {
    InstanceIndex instance;
    std::unique_ptr<transport::Connection> connection;
    Clock::time_point began;
    Deadline deadline;
  };
  bool is_over(Probe& probe);

  Fleet& fleet_;
  const Clock::duration limit_;
  std::vector<Probe> probes_;
};

// For clusters without a monitor thread: checks the instances that are due, at most three side by side, for
// at most a second. How many it has checked.
std::size_t check_inline(Fleet& fleet);

}  // namespace nethsm::cluster
