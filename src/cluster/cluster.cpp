// SPDX-License-Identifier: Apache-2.0
#include "cluster/cluster.h"

#include "cluster/batch.h"

namespace nethsm::cluster {

Fleet::Fleet(Settings slot_settings) : settings(std::move(slot_settings)) {
  const auto tls = settings.tls ? settings.tls : std::make_shared<transport::TlsContexts>();
  for (const auto& instance : settings.instances) {
    instances.push_back(std::make_unique<Instance>(settings, instance, tls, sockets, stop));
  }
}

class Cluster::Impl {
 public:
  explicit Impl(Settings settings) : fleet(std::move(settings)) {}
  Fleet fleet;
};

Cluster::Cluster(Settings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Cluster::~Cluster() = default;

Outcome Cluster::send(const Request& request) {
  Batch batch(impl_->fleet);
  batch.add(Delivery(request, impl_->fleet));
  return std::move(batch.run().front());
}

std::vector<Outcome> Cluster::send_all(std::span<const Request> requests) {
  Batch batch(impl_->fleet);
  for (const auto& request : requests) batch.add(Delivery(request, impl_->fleet));
  return batch.run();
}

std::vector<Outcome> Cluster::send_to_each(const Request& request) {
  Batch batch(impl_->fleet);
  for (InstanceIndex i = 0; i < impl_->fleet.size(); ++i) batch.add(Delivery(request, impl_->fleet, i));
  return batch.run();
}

std::size_t Cluster::size() const { return impl_->fleet.size(); }
const std::string& Cluster::url(InstanceIndex instance) const {
  return impl_->fleet.instances[instance]->url();
}

void Cluster::stop() { impl_->fleet.stop.raise(); }

void Cluster::abandon_after_fork() noexcept {
  impl_->fleet.stop.close_inherited();
  impl_->fleet.sockets.close_all();
}

}  // namespace nethsm::cluster
