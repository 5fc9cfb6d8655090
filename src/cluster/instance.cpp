// SPDX-License-Identifier: Apache-2.0
#include "cluster/instance.h"

#include "base/log.h"

namespace nethsm::cluster {

Instance::Instance(const Settings& slot, const InstanceSettings& settings,
                   std::shared_ptr<transport::TlsContexts> tls, transport::OpenSockets& sockets,
                   const StopSignal& stop)
    : slot_(slot.name),
      endpoint_(settings.endpoint),
      tls_(std::move(tls)),
      sockets_(sockets),
      stop_(stop),
      pool_(settings.max_idle_connections, slot.connections_max_idle_duration, settings.steady_connections) {}

Result<std::unique_ptr<transport::Connection>, transport::Failure> Instance::open(Deadline ready_by) {
  std::shared_ptr<const transport::TlsContext> context;
  if (endpoint_.tls) context = TRY(tls_->get(endpoint_.trust));
  auto addresses = TRY(resolver_.resolve(endpoint_.host, endpoint_.port));
  return std::make_unique<transport::Connection>(
      transport::Connection::Target{endpoint_, std::move(addresses), std::move(context), &sockets_},
      ready_by);
}

void Instance::could_not_connect() {
  resolver_.distrust(endpoint_.host);
  drop_idle_connections();
}

bool Instance::failed(const std::string& why) {
  if (stop_.raised()) return false;
  const bool first = health_.note_failure(Clock::now());
  if (first) {
    log::warn("slot '%s': %s has failed: %s", slot_.c_str(), url().c_str(), why.c_str());
  } else {
    log::debug("slot '%s': %s fails: %s", slot_.c_str(), url().c_str(), why.c_str());
  }
  return first;
}

bool Instance::refused(const std::string& why) {
  if (stop_.raised()) return false;
  const bool first = health_.note_refusal(Clock::now());
  if (first) log::warn("slot '%s': %s is not trusted: %s", slot_.c_str(), url().c_str(), why.c_str());
  return first;
}

void Instance::check_failed(const std::string& why) {
  health_.note_check_failed(Clock::now());
  if (stop_.raised()) return;
  log::debug("slot '%s': %s is still out of order: %s", slot_.c_str(), url().c_str(), why.c_str());
}

void Instance::check_failed(const transport::Failure& failure) {
  if (failure.kind == transport::FailureKind::kCertificate) {
    refused(failure.message);
  } else {
    check_failed(failure.message);
  }
}

void Instance::worked(Clock::time_point began) {
  if (health_.note_success(Clock::now(), began))
    log::info("slot '%s': %s works again", slot_.c_str(), url().c_str());
}

}  // namespace nethsm::cluster
