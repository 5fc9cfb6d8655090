// SPDX-License-Identifier: Apache-2.0
#include "cluster/probes.h"

#include <algorithm>

namespace nethsm::cluster {
namespace {

using transport::FailureKind;

constexpr auto kInlineLimit = seconds(1);
constexpr std::size_t kInlineChecks = 3;
constexpr int kReady = 200;

transport::Request ready_request() {
  transport::Request request;
  request.path = "/health/ready";
  return request;
}

}  // namespace

Probes::~Probes() {
  for (const Probe& probe : probes_) fleet_.instances[probe.instance]->check_failed("the check was given up");
}

void Probes::start(InstanceIndex instance) {
  const auto began = Clock::now();
  const auto deadline = Deadline::after(limit_);
  auto connection =
      fleet_.instances[instance]->open(Deadline::after(fleet_.settings.connect_timeout).earlier(deadline));
  if (!connection) return fleet_.instances[instance]->check_failed(connection.error());
  (*connection)->submit(ready_request());
  (*connection)->advance(0);
  probes_.push_back({instance, std::move(*connection), began, deadline});
}

void Probes::append_descriptors(std::vector<pollfd>& list) const {
  for (const Probe& probe : probes_) {
    const auto wait = probe.connection->wait();
    list.push_back({wait.descriptor, wait.events, 0});
  }
}

Clock::time_point Probes::due() const {
  auto due = Clock::time_point::max();
  for (const Probe& probe : probes_)
    due = std::min({due, probe.deadline.when(), probe.connection->wait().until});
  return due;
}

void Probes::advance(std::span<const pollfd> polled) {
  for (std::size_t i = 0; i < probes_.size(); ++i) probes_[i].connection->advance(polled[i].revents);
  std::erase_if(probes_, [this](Probe& probe) { return is_over(probe); });
}

bool Probes::is_over(Probe& probe) {
  auto& instance = *fleet_.instances[probe.instance];
  if (const auto answer = probe.connection->take_answer()) {
    if (answer->status == kReady) {
      instance.worked(probe.began);
      instance.give_back(std::move(probe.connection));
    } else {
      instance.check_failed("status " + std::to_string(answer->status) + " when asked whether it is ready");
    }
    return true;
  }
  if (probe.deadline.passed())
    probe.connection->give_up(FailureKind::kTimeout, "no answer to a check in time");
  const auto* failure = probe.connection->failure();
  if (failure == nullptr) return false;
  if (failure->phase < transport::Phase::kVerify) instance.could_not_connect();
  instance.check_failed(*failure);
  return true;
}

std::size_t check_inline(Fleet& fleet) {
  Probes probes(fleet, kInlineLimit);
  const auto now = Clock::now();
  std::size_t started = 0;
  for (InstanceIndex i = 0; i < fleet.size() && started < kInlineChecks; ++i) {
    if (!fleet.instances[i]->health().begin_check(now)) continue;
    probes.start(i);
    ++started;
  }
  std::vector<pollfd> descriptors;
  while (!probes.empty() && !fleet.stop.raised()) {
    descriptors.assign(1, {fleet.stop.descriptor(), POLLIN, 0});
    probes.append_descriptors(descriptors);
    const int count =
        ::poll(descriptors.data(), descriptors.size(), Deadline::at(probes.due()).left_for_poll());
    if (count < 0) {
      for (auto& entry : descriptors) entry.revents = 0;
    }
    probes.advance(std::span(descriptors).subspan(1));
  }
  return started;
}

}  // namespace nethsm::cluster
