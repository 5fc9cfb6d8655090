// SPDX-License-Identifier: Apache-2.0
#include "cluster/delivery.h"

#include <algorithm>
#include <utility>

namespace nethsm::cluster {
namespace {

using transport::FailureKind;

constexpr int kNotFound = 404;
constexpr int kPreconditionFailed = 412;  // locked, unprovisioned or failed
constexpr int kTooManyRequests = 429;     // after a wrong passphrase, for one second

constexpr auto kBusyFor = seconds(1);

// Beyond the attempts: checks, a second try after a 429 or on a fresh connection, a 404 asked of others.
constexpr std::size_t kExtraRequests = 3;
constexpr auto kExtraTime = seconds(3);
constexpr auto kCheckTime = seconds(1);  // of that, before the first request

std::size_t attempts_allowed(const Settings& settings, std::size_t instances) {
  return settings.retries ? std::size_t{settings.retries->count} + 1 : instances;
}

std::optional<InstanceIndex> only_one(const Request& request) {
  return request.only_preferred ? request.prefer : std::nullopt;
}

// Says something about the request or about this host rather than about the instance.
bool is_instances_fault(FailureKind kind) {
  return kind != FailureKind::kLocal && kind != FailureKind::kTooLarge;
}

}  // namespace

Delivery::Delivery(const Request& request, Fleet& fleet, std::size_t max_attempts,
                   std::optional<InstanceIndex> only)
    : request_(request),
      fleet_(fleet),
      max_attempts_(max_attempts),
      only_(only),
      start_(fleet.take_turn()),
      tries_(fleet.size()) {}

Delivery::Delivery(const Request& request, Fleet& fleet)
    : Delivery(request, fleet, request.only_preferred ? 1 : attempts_allowed(fleet.settings, fleet.size()),
               only_one(request)) {
  if (request.delay) not_before_ = since_ + *request.delay;
}

Delivery::Delivery(const Request& request, Fleet& fleet, InstanceIndex only)
    : Delivery(request, fleet, 1, only) {
  has_waited_for_busy_ = true;
}

void Delivery::bound(std::size_t checks) {
  bounded_ = true;
  checks_ = checks;
  const auto attempts = static_cast<Clock::duration::rep>(max_attempts_);
  const Clock::duration delay = fleet_.settings.retries ? fleet_.settings.retries->delay : seconds(0);
  const auto each = timeout() > Clock::duration::max() - delay ? Clock::duration::max() : timeout() + delay;
  if (each > Clock::duration::max() / (attempts + 1)) return;  // "for ever"
  end_ = Deadline::after(each * attempts + kExtraTime - kCheckTime + request_.delay.value_or(seconds(0)));
}

Deadline Delivery::deadline() const { return Deadline::after(timeout()).earlier(end_); }

// Of a batch, those behind an answer that ended its connection are sent again without anybody's fault.
bool Delivery::may_send_more() const { return !bounded_ || sent_ + checks_ < max_attempts_ + kExtraRequests; }

Delivery::Step Delivery::next(const HasRoom& has_room) {
  if (outcome_) return {};
  const auto now = Clock::now();
  if (now < not_before_) return {Step::Kind::kWait, 0, not_before_};
  if (!may_send_more() || (sent_ != 0 && now >= end_.when())) return give_up();
  if (again_at_) {
    if (!has_room(*again_at_)) return {Step::Kind::kWait, 0, Clock::time_point::max()};
    return go(*again_at_);
  }
  const bool may_try = attempts_ < max_attempts_;
  if (may_try || not_found_) {
    if (auto step = first_choice(has_room)) return *step;
    if (auto step = untried_that_should_work(has_room)) return *step;
    if (auto step = preferred_that_has_failed(has_room)) return *step;
  }
  if (is_certainly_not_found()) return give_up();
  if (auto step = busy_one_again(now)) return *step;
  if (not_found_ || !may_try) return give_up();
  if (auto step = untried_that_has_failed(has_room)) return *step;
  if (auto step = tried_one_again(now)) return *step;
  return give_up();
}

std::optional<Delivery::Step> Delivery::first_choice(const HasRoom& has_room) {
  const auto wanted = only_ ? only_ : request_.prefer;
  if (!wanted || *wanted >= tries_.size() || tries_[*wanted].count != 0) return std::nullopt;
  if (!only_ && !instance(*wanted).health().is_working()) return std::nullopt;
  if (!has_room(*wanted)) return Step{Step::Kind::kWait, 0, Clock::time_point::max()};
  return go(*wanted);
}

std::optional<Delivery::Step> Delivery::untried_that_should_work(const HasRoom& has_room) {
  if (only_) return std::nullopt;
  bool all_full = false;
  for (std::size_t k = 0; k < tries_.size(); ++k) {
    const auto index = (start_ + k) % tries_.size();
    if (tries_[index].count != 0) continue;
    if (!instance(index).health().is_working()) continue;
    if (has_room(index)) return go(index);
    all_full = true;
  }
  if (!all_full) return std::nullopt;
  return Step{Step::Kind::kWait, 0, Clock::time_point::max()};
}

// What was written there a moment ago may be nowhere else yet.
std::optional<Delivery::Step> Delivery::preferred_that_has_failed(const HasRoom& has_room) {
  const auto wanted = request_.prefer;
  if (!not_found_ || !wanted || *wanted >= tries_.size() || tries_[*wanted].count != 0) return std::nullopt;
  if (!has_room(*wanted)) return Step{Step::Kind::kWait, 0, Clock::time_point::max()};
  return go(*wanted);
}

// Nobody else is there to ask: the device will listen again in a second.
std::optional<Delivery::Step> Delivery::busy_one_again(Clock::time_point now) {
  if (!busy_at_ || has_waited_for_busy_ || now + kBusyFor >= since_ + timeout()) return std::nullopt;
  has_waited_for_busy_ = true;
  --attempts_;  // Nothing was tried: an instance that has failed must not lose its turn to this one.
  again_at_ = busy_at_;
  not_before_ = now + kBusyFor;
  return Step{Step::Kind::kWait, 0, not_before_};
}

std::optional<Delivery::Step> Delivery::untried_that_has_failed(const HasRoom& has_room) {
  if (only_) return std::nullopt;
  for (std::size_t k = 0; k < tries_.size(); ++k) {
    const auto index = (start_ + k) % tries_.size();
    if (tries_[index].count != 0) continue;
    if (!has_room(index)) return Step{Step::Kind::kWait, 0, Clock::time_point::max()};
    return go(index);
  }
  return std::nullopt;
}

std::optional<Delivery::Step> Delivery::tried_one_again(Clock::time_point now) {
  if (!fleet_.settings.retries) return std::nullopt;
  std::optional<InstanceIndex> best;
  for (std::size_t k = 0; k < tries_.size(); ++k) {
    const auto index = (start_ + k) % tries_.size();
    if (tries_[index].refused || (only_ && index != *only_)) continue;
    if (!best || tries_[index].count < tries_[*best].count) best = index;
  }
  if (!best) return std::nullopt;
  again_at_ = best;
  not_before_ = std::max(now, tries_[*best].failed_at + fleet_.settings.retries->delay);
  return Step{Step::Kind::kWait, 0, not_before_};
}

Delivery::Step Delivery::go(InstanceIndex index) {
  again_at_.reset();
  ++sent_;
  tries_[index].began = Clock::now();
  return {Step::Kind::kGo, index, {}};
}

void Delivery::note_attempt(InstanceIndex index, std::string what) {
  ++attempts_;
  ++tries_[index].count;
  tries_[index].failed_at = Clock::now();
  wants_fresh_ = false;
  last_problem_ = instance(index).url() + ": " + std::move(what);
}

void Delivery::answered(InstanceIndex index, transport::Response response) {
  const int status = response.status;
  if (status == kTooManyRequests) {
    instance(index).worked(tries_[index].began);
    instance(index).refuses_until(Clock::now() + kBusyFor);
    ++busy_or_broken_;
    if (!busy_at_ || request_.prefer == index) busy_at_ = index;
    return note_attempt(index, "429, too many requests");
  }
  if (status == kPreconditionFailed) {
    ++not_operational_;
    note_attempt(index, "412, not operational");
    return fleet_.failed(index, "it is not operational (412)");
  }
  if (status >= 500) {
    ++busy_or_broken_;
    tries_[index].server_error = true;
    note_attempt(index, "answered with status " + std::to_string(status));
    if (request_.request_class == RequestClass::kWrite) outcome_unknown(index);
    return;
  }
  if (status / 100 == 2 && request_.accepts && !request_.accepts(response)) {
    ++not_understood_;
    tries_[index].server_error = true;
    return note_attempt(index, "an answer that cannot be understood");
  }
  instance(index).worked(tries_[index].began);
  blame_others(index);
  Reply reply{std::move(response), index, not_found_.has_value()};
  const bool best_known = request_.believe_preferred && request_.prefer == index;
  if (status == kNotFound && request_.try_others_on_not_found && !only_ && !best_known) {
    ++tries_[index].count;
    tries_[index].failed_at = {};
    if (!not_found_) not_found_ = std::move(reply);
    return;
  }
  outcome_ = std::move(reply);
}

// Some requests make any device answer 5xx; it was the instance's fault if another one can do better.
void Delivery::blame_others(InstanceIndex better) {
  for (InstanceIndex other = 0; other < tries_.size(); ++other) {
    if (other != better && std::exchange(tries_[other].server_error, false))
      fleet_.failed(other,
                    "it answered with a server error (5xx) or with something that cannot be understood");
  }
}

void Delivery::failed(InstanceIndex index, const transport::Failure& failure) {
  note_attempt(index, failure.message);
  if (failure.kind == FailureKind::kCertificate) {
    ++refusals_;
    tries_[index].refused = true;
    fleet_.refused(index, failure.message);
  } else if (is_instances_fault(failure.kind)) {
    fleet_.failed(index, failure.message);
  }
  if (request_.request_class == RequestClass::kWrite && !failure.provably_not_sent()) outcome_unknown(index);
}

bool Delivery::repeat_on_fresh_connection(InstanceIndex index) {
  if (had_fresh_ || !may_send_more()) return false;
  had_fresh_ = wants_fresh_ = true;
  again_at_ = index;
  not_before_ = {};
  return true;
}

void Delivery::share_failure(InstanceIndex index, std::size_t attempts, const transport::Failure& failure) {
  if (only_ && *only_ != index) return;
  while (tries_[index].count < attempts && attempts_ < max_attempts_) {
    note_attempt(index, failure.message);
    again_at_.reset();
    if (failure.kind != FailureKind::kCertificate) continue;
    ++refusals_;
    tries_[index].refused = true;
  }
}

void Delivery::stopped(bool provably_not_sent, InstanceIndex index) {
  last_problem_ = "the library is being shut down";
  if (request_.request_class == RequestClass::kWrite && !provably_not_sent) return outcome_unknown(index);
  outcome_ = Unexpected(Failure{Failure::Kind::kUnreachable, last_problem_, {}});
}

void Delivery::outcome_unknown(InstanceIndex index) {
  outcome_ = Unexpected(Failure{Failure::Kind::kOutcomeUnknown, last_problem_, index});
}

Failure::Kind Delivery::failure_kind() const {
  if (busy_or_broken_ != 0) return Failure::Kind::kBusy;
  if (not_understood_ != 0) return Failure::Kind::kNotUnderstood;
  if (not_operational_ != 0) return Failure::Kind::kNotOperational;
  if (refusals_ != 0 && refusals_ == attempts_) return Failure::Kind::kRefusedPeer;
  return Failure::Kind::kUnreachable;
}

// Not if the one instance that is known to have it could not be asked.
bool Delivery::is_certainly_not_found() const {
  const auto best = request_.prefer;
  const bool best_is_silent = best && *best < tries_.size() && tries_[*best].failed_at != Clock::time_point();
  return not_found_.has_value() && !best_is_silent;
}

Delivery::Step Delivery::give_up() {
  if (is_certainly_not_found()) {
    outcome_ = std::move(*not_found_);
    return {};
  }
  if (last_problem_.empty()) last_problem_ = "there is no instance to ask";
  outcome_ = Unexpected(Failure{failure_kind(), last_problem_, {}});
  if (!only_ && !request_.only_preferred) fleet_.outages.fetch_add(1, std::memory_order_relaxed);
  return {};
}

}  // namespace nethsm::cluster
