// SPDX-License-Identifier: Apache-2.0
#include "cluster/stop_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace nethsm::cluster {

StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

StopSignal::~StopSignal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void StopSignal::raise() noexcept {
  raised_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // Can fail only if the counter is full, and then it is readable already.
  if (descriptor_ >= 0) static_cast<void>(::write(descriptor_, &one, sizeof one) == sizeof one);
}

void StopSignal::close_inherited() noexcept {
  raised_.store(true, std::memory_order_release);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace nethsm::cluster
