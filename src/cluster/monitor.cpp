// SPDX-License-Identifier: Apache-2.0
#include "cluster/monitor.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <system_error>
#include <vector>

#include "base/log.h"
#include "cluster/fleet.h"
#include "cluster/probes.h"

namespace nethsm::cluster {
namespace {

constexpr const char* kThreadName = "nethsm-health";  // at most 15 characters
constexpr auto kCheckLimit = seconds(3);
constexpr auto kPatience = seconds(2);

// A thread inherits the mask: the host's signals are for the host's threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Monitor::Monitor(Fleet& fleet, bool threads_allowed)
    : fleet_(fleet),
      threads_allowed_(threads_allowed),
      wake_descriptor_(threads_allowed ? ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1) {}

Monitor::~Monitor() {
  if (thread_.joinable()) thread_.detach();  // its own last deed: it was the last user of the fleet
  if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
}

void Monitor::wake() const noexcept {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_descriptor_, &one, sizeof one) == sizeof one);
}

void Monitor::watch() {
  if (!threads_allowed_ || wake_descriptor_ < 0) return;
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  if (is_watching()) return wake();
  if (thread_.joinable()) thread_.join();  // it has ended, but for returning
  start();
}

void Monitor::start() {
  try {
    const SignalsBlocked blocked;
    watching_.store(true, std::memory_order_release);
    thread_ = std::thread([fleet = fleet_.shared_from_this()] { fleet->monitor.run(); });
    ::pthread_setname_np(thread_.native_handle(), kThreadName);
  } catch (const std::system_error& error) {
    watching_.store(false, std::memory_order_release);
    if (std::exchange(has_complained_, true)) return;
    log::info("slot '%s': no thread for health checks (%s): requests do them", fleet_.settings.name.c_str(),
              error.what());
  }
}

void Monitor::run() {
  try {
    watch_over();
  } catch (...) {  // no memory: the requests do the checks
    const std::lock_guard lock(mutex_);
    watching_.store(false, std::memory_order_release);
  }
  ended_.notify_all();
}

void Monitor::watch_over() {
  Probes probes(fleet_, kCheckLimit);
  std::vector<pollfd> descriptors;
  while (!ends_here()) {
    const auto now = Clock::now();
    auto due = Clock::time_point::max();
    for (InstanceIndex i = 0; i < fleet_.size() && !fleet_.stop.raised(); ++i) {
      auto& health = fleet_.instances[i]->health();
      if (health.begin_check(now)) probes.start(i);
      due = std::min(due, health.next_check());
    }
    descriptors.assign({{fleet_.stop.descriptor(), POLLIN, 0}, {wake_descriptor_, POLLIN, 0}});
    probes.append_descriptors(descriptors);
    const int count = ::poll(descriptors.data(), descriptors.size(),
                             Deadline::at(std::min(due, probes.due())).left_for_poll());
    if (count < 0) {
      for (auto& entry : descriptors) entry.revents = 0;
    }
    std::uint64_t ignored = 0;
    if (descriptors[1].revents != 0)
      static_cast<void>(::read(wake_descriptor_, &ignored, sizeof ignored) == sizeof ignored);
    probes.advance(std::span(descriptors).subspan(2));
  }
}

// Under the lock, so that whoever reports a failure either finds a thread that will see it or starts one.
bool Monitor::ends_here() {
  const std::lock_guard lock(mutex_);
  const bool some_failed = std::any_of(fleet_.instances.begin(), fleet_.instances.end(),
                                       [](const auto& instance) { return !instance->health().is_working(); });
  if (some_failed && !fleet_.stop.raised()) return false;
  watching_.store(false, std::memory_order_release);
  return true;
}

void Monitor::finish() {
  std::unique_lock lock(mutex_);
  finished_ = true;
  if (!thread_.joinable()) return;
  std::thread thread = std::move(thread_);
  const bool ended = ended_.wait_for(lock, kPatience, [this] { return !is_watching(); });
  lock.unlock();
  if (ended) {
    thread.join();
  } else {
    thread.detach();  // it keeps the fleet, and touches nothing else when it comes back
  }
}

void Monitor::close_inherited() noexcept {
  if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
  wake_descriptor_ = -1;
}

}  // namespace nethsm::cluster
