// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "simulator/simulator.h"

namespace nethsm::simulator {

// Plain HTTP on loopback for tests: stops and starts instances, tells and forgets requests, adds and takes
// away faults (docs/simulator.md).
class ControlPort {
 public:
  // Port 0: one that is free. Throws std::runtime_error. The simulator must outlive the object.
  ControlPort(Simulator& simulator, std::uint16_t port);
  ~ControlPort();

  std::uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::simulator
