// SPDX-License-Identifier: Apache-2.0
#include "cluster/cluster.h"

#include <algorithm>
#include <limits>

#include "cluster/batch.h"
#include "cluster/probes.h"

namespace nethsm::cluster {

// A single instance gets all requests, failed or not: there is nothing to watch for.
Fleet::Fleet(Settings slot_settings)
    : settings(std::move(slot_settings)),
      next_turn(settings.first_turn),
      monitor(*this, settings.threads_allowed && settings.instances.size() > 1) {
  const auto tls = settings.tls ? settings.tls : std::make_shared<transport::TlsContexts>();
  for (const auto& instance : settings.instances) {
    instances.push_back(std::make_unique<Instance>(settings, instance, tls, sockets, stop));
  }
}

InstanceIndex Fleet::take_turn() {
  const std::size_t turn = next_turn.fetch_add(1, std::memory_order_relaxed);
  if (size() < 2) return 0;
  const auto works = [](const auto& instance) { return instance->health().is_working(); };
  const bool any_works = std::ranges::any_of(instances, works);
  const auto may_serve = [&](const auto& instance) { return !any_works || works(instance); };
  // They may change from one look to the next: then the last one is as good as any.
  const auto nth = [&](const auto& condition, std::size_t n) {
    InstanceIndex index = 0;
    while (index + 1 < size() && (!condition(instances[index]) || n-- != 0)) ++index;
    return index;
  };

  constexpr auto kMost = std::numeric_limits<std::size_t>::max();
  const auto now = Clock::now();
  const auto load = [&](const auto& instance) {
    return instance->is_refusing(now) ? kMost : instance->under_way();
  };
  auto least = kMost;
  std::size_t candidates = 0;
  for (const auto& instance : instances) {
    if (!may_serve(instance)) continue;
    least = std::min(least, load(instance));
    ++candidates;
  }
  candidates = std::max(candidates, std::size_t{1});
  const auto own = nth(may_serve, turn % candidates);
  if (load(instances[own]) <= least) return own;
  const auto is_least_busy = [&](const auto& instance) {
    return may_serve(instance) && load(instance) <= least;
  };
  const auto least_busy = static_cast<std::size_t>(std::ranges::count_if(instances, is_least_busy));
  return least_busy == 0 ? own : nth(is_least_busy, turn / candidates % least_busy);
}

void Fleet::failed(InstanceIndex instance, const std::string& why) {
  if (instances[instance]->failed(why)) monitor.watch();
}

void Fleet::refused(InstanceIndex instance, const std::string& why) {
  if (instances[instance]->refused(why)) monitor.watch();
}

class Cluster::Impl {
 public:
  explicit Impl(Settings settings) : shared(std::make_shared<Fleet>(std::move(settings))), fleet(*shared) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void stop() {
    fleet.stop.raise();
    fleet.monitor.finish();
  }
  // How many have been checked.
  std::size_t check_failed_instances() {
    return fleet.size() > 1 && !fleet.monitor.is_watching() ? check_inline(fleet) : 0;
  }

  const std::shared_ptr<Fleet> shared;  // with the monitor's thread
  Fleet& fleet;
};

Cluster::Cluster(Settings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Cluster::~Cluster() = default;

Outcome Cluster::send(const Request& request) {
  Delivery delivery(request, impl_->fleet);
  delivery.bound(impl_->check_failed_instances());
  Batch batch(impl_->fleet);
  batch.add(std::move(delivery));
  return std::move(batch.run().front());
}

std::vector<Outcome> Cluster::send_all(std::span<const Request> requests) {
  impl_->check_failed_instances();
  Batch batch(impl_->fleet);
  for (const auto& request : requests) batch.add(Delivery(request, impl_->fleet));
  return batch.run();
}

std::vector<Outcome> Cluster::send_to_each(const Request& request) {
  Batch batch(impl_->fleet);
  for (InstanceIndex i = 0; i < impl_->fleet.size(); ++i) batch.add(Delivery(request, impl_->fleet, i));
  return batch.run();
}

std::uint64_t Cluster::outages() const { return impl_->fleet.outages.load(std::memory_order_relaxed); }

std::size_t Cluster::size() const { return impl_->fleet.size(); }
const std::string& Cluster::url(InstanceIndex instance) const {
  return impl_->fleet.instances[instance]->url();
}

void Cluster::stop() { impl_->stop(); }

void Cluster::abandon_after_fork() noexcept {
  impl_->fleet.stop.close_inherited();
  impl_->fleet.monitor.close_inherited();
  impl_->fleet.sockets.close_all();
}

}  // namespace nethsm::cluster
