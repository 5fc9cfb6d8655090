// SPDX-License-Identifier: Apache-2.0
#include "simulator/faults.h"

#include <algorithm>

namespace nethsm::simulator {
namespace {

constexpr std::string_view kBasePath = "/api/v1";

bool concerns_instance(const FaultSpec& spec, unsigned instance) {
  return spec.instances.empty() ||
         std::find(spec.instances.begin(), spec.instances.end(), instance) != spec.instances.end();
}

bool concerns_request(const FaultSpec& spec, const Request& request) {
  if (!spec.method.empty() && spec.method != request.method) return false;
  if (spec.path.empty()) return true;
  auto path = request.raw_path();
  if (path.starts_with(kBasePath)) path.remove_prefix(kBasePath.size());
  return matches_pattern(spec.path, path);
}

}  // namespace

unsigned Faults::add(FaultSpec spec) {
  const std::lock_guard lock(mutex_);
  Active active;
  active.random.seed(spec.seed);
  active.status.id = ++last_id_;
  active.status.spec = std::move(spec);
  faults_.push_back(std::move(active));
  active_ = faults_.size();
  return last_id_;
}

bool Faults::remove(unsigned id) {
  const std::lock_guard lock(mutex_);
  const auto removed = std::erase_if(faults_, [&](const Active& active) { return active.status.id == id; });
  active_ = faults_.size();
  return removed != 0;
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  active_ = 0;
}

std::vector<Faults::Status> Faults::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Status> list;
  for (const Active& active : faults_) {
    list.push_back(active.status);
    list.back().over = is_over(active);
  }
  return list;
}

bool Faults::is_over(const Active& active) {
  const FaultSpec& spec = active.status.spec;
  return (spec.count && active.status.happened >= *spec.count) ||
         (spec.age && Clock::now() - active.since >= *spec.age);
}

bool Faults::concerns(const Active& active, FaultStage stage, unsigned instance, const Request* request) {
  const FaultSpec& spec = active.status.spec;
  return facts(spec.kind).stage == stage && concerns_instance(spec, instance) &&
         (request == nullptr || concerns_request(spec, *request)) && !is_over(active);
}

bool Faults::happens(Active& active) {
  const FaultSpec& spec = active.status.spec;
  if (++active.status.matched < spec.nth) return false;
  if (spec.share && std::uniform_real_distribution<>(0, 1)(active.random) >= *spec.share) return false;
  ++active.status.happened;
  return true;
}

std::optional<FaultSpec> Faults::strike(FaultStage stage, unsigned instance, const Request* request) {
  if (active_ == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  for (Active& active : faults_) {
    if (concerns(active, stage, instance, request) && happens(active)) return active.status.spec;
  }
  return std::nullopt;
}

std::optional<FaultSpec> Faults::strike(FaultStage stage, unsigned instance) {
  return strike(stage, instance, nullptr);
}
std::optional<FaultSpec> Faults::strike(FaultStage stage, unsigned instance, const Request& request) {
  return strike(stage, instance, &request);
}

bool Faults::refuses(unsigned instance) const {
  if (active_ == 0) return false;
  const std::lock_guard lock(mutex_);
  return std::any_of(faults_.begin(), faults_.end(), [&](const Active& active) {
    return concerns(active, FaultStage::kListen, instance, nullptr);
  });
}

std::chrono::milliseconds Faults::visibility_lag(unsigned instance) const {
  using std::chrono::milliseconds;
  if (active_ == 0) return milliseconds::zero();
  const std::lock_guard lock(mutex_);
  auto lag = milliseconds::zero();
  for (const Active& active : faults_) {
    if (!concerns(active, FaultStage::kStore, instance, nullptr)) continue;
    const auto& spec = active.status.spec;
    lag = std::max(lag, spec.kind == FaultKind::kSplitStore ? milliseconds::max() : milliseconds(spec.value));
  }
  return lag;
}

bool Faults::any_visibility_lag() const {
  if (active_ == 0) return false;
  const std::lock_guard lock(mutex_);
  return std::any_of(faults_.begin(), faults_.end(), [&](const Active& active) {
    return facts(active.status.spec.kind).stage == FaultStage::kStore && !is_over(active);
  });
}

}  // namespace nethsm::simulator
