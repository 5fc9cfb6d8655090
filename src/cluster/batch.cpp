// SPDX-License-Identifier: Apache-2.0
#include "cluster/batch.h"

#include <algorithm>
#include <cerrno>

namespace nethsm::cluster {

using transport::FailureKind;
using transport::Phase;

Batch::~Batch() {
  for (auto& lane : lanes_) fleet_.instances[lane.instance()]->give_back(lane.take_connection());
}

std::vector<Outcome> Batch::run() {
  unfinished_ = deliveries_.size();
  for (auto& delivery : deliveries_) waiting_.push_back(&delivery);
  while (unfinished_ > 0) {
    if (fleet_.stop.raised()) {
      stop();
      break;
    }
    assign();
    start_submitted();
    if (unfinished_ > 0) wait();
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(deliveries_.size());
  for (auto& delivery : deliveries_) outcomes.push_back(delivery.take_outcome());
  return outcomes;
}

void Batch::assign() {
  has_news_ = false;
  next_start_ = Clock::time_point::max();
  // Those that have to wait stay in the queue: they share what others find out meanwhile.
  for (auto count = waiting_.size(); count > 0 && !is_full(); --count) {
    auto* delivery = waiting_.front();
    waiting_.pop_front();
    if (!assign(*delivery)) waiting_.push_back(delivery);
  }
}

// No request could be put on any connection: there is no need to ask each.
bool Batch::is_full() const {
  return !lanes_.empty() && lanes_.size() >= fleet_.size() * kMaxLanes &&
         std::all_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.is_full(); });
}

// False: it has to wait.
bool Batch::assign(Delivery& delivery) {
  while (true) {
    const auto step = delivery.next([&](InstanceIndex instance) { return has_room(delivery, instance); });
    switch (step.kind) {
      case Delivery::Step::Kind::kOver:
        finish();
        return true;
      case Delivery::Step::Kind::kWait:
        next_start_ = std::min(next_start_, step.not_before);
        return false;
      case Delivery::Step::Kind::kGo:
        if (place(delivery, step.instance)) return true;
        break;  // that instance is out of the question now
    }
  }
}

std::size_t Batch::lanes_at(InstanceIndex instance) const {
  return static_cast<std::size_t>(std::count_if(
      lanes_.begin(), lanes_.end(), [&](const Lane& lane) { return lane.instance() == instance; }));
}

bool Batch::has_room(const Delivery& delivery, InstanceIndex instance) const {
  if (delivery.wants_fresh_connection() || lanes_at(instance) < kMaxLanes) return true;
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const Lane& lane) {
    return lane.instance() == instance && lane.has_room_for(delivery.request());
  });
}

bool Batch::place(Delivery& delivery, InstanceIndex instance) {
  const auto deadline = delivery.deadline();
  Instance::UnderWay under_way(*fleet_.instances[instance]);  // counts while its name is resolved, too
  auto* lane = delivery.wants_fresh_connection() ? nullptr : find_lane(delivery, instance);
  if (lane == nullptr) lane = open_lane(delivery, instance, deadline);
  if (lane == nullptr) return false;
  lane->submit(delivery, deadline, std::move(under_way));
  return true;
}

// What costs nothing first: a connection that is free, an idle one from the pool, one that takes another GET.
Lane* Batch::find_lane(const Delivery& delivery, InstanceIndex instance) {
  drop_stale_lanes(instance);
  Lane* best = nullptr;
  for (auto& lane : lanes_) {
    if (lane.instance() != instance || !lane.has_room_for(delivery.request())) continue;
    if (best == nullptr || lane.load() < best->load()) best = &lane;
  }
  if (best != nullptr && best->is_free()) return best;
  if (lanes_at(instance) >= kMaxLanes) return best;
  if (auto warm = fleet_.instances[instance]->warm()) {
    return &lanes_.emplace_back(instance, std::move(warm), true);
  }
  return best;
}

Lane* Batch::open_lane(Delivery& delivery, InstanceIndex instance, Deadline deadline) {
  const auto ready_by = Deadline::after(fleet_.settings.connect_timeout).earlier(deadline);
  auto connection = fleet_.instances[instance]->open(ready_by);
  if (connection) return &lanes_.emplace_back(instance, std::move(*connection), false);
  delivery.failed(instance, connection.error());
  share(instance, delivery, connection.error());
  return nullptr;
}

void Batch::start_submitted() {
  for (auto& lane : lanes_) {
    if (lane.take_needs_advance()) step(lane, 0);
  }
  drop_broken_lanes();
}

int Batch::poll_timeout() const {
  auto until = next_start_;
  for (const auto& lane : lanes_) until = std::min(until, lane.due());
  return Deadline::at(until).left_for_poll();
}

void Batch::wait() {
  if (has_news_) return;  // there is room now, or something to send again
  descriptors_.clear();
  descriptors_.reserve(lanes_.size() + 1);
  descriptors_.push_back({fleet_.stop.descriptor(), POLLIN, 0});
  for (const auto& lane : lanes_) {
    const auto wait = lane.wait();
    descriptors_.push_back({lane.load() == 0 ? -1 : wait.descriptor, wait.events, 0});
  }
  const int count = ::poll(descriptors_.data(), descriptors_.size(), poll_timeout());
  if (count < 0 && errno != EINTR) {
    const auto why = "poll: " + transport::errno_text(errno);
    for (auto& lane : lanes_) lane.connection().give_up(FailureKind::kLocal, why);
  }
  const auto now = Clock::now();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const auto revents = count > 0 ? descriptors_[i + 1].revents : short{0};
    if (revents != 0 || count < 0 || now >= lanes_[i].due()) step(lanes_[i], revents);
  }
  drop_broken_lanes();
}

void Batch::step(Lane& lane, short revents) {
  if (lane.load() == 0) return;
  lane.connection().advance(revents);
  collect_answers(lane);
  if (lane.load() != 0 && lane.flying().front().deadline.passed()) {
    lane.connection().give_up(FailureKind::kTimeout, "no answer in time (timeout_seconds)");
  }
  if (lane.connection().failure() != nullptr) break_up(lane);
}

void Batch::collect_answers(Lane& lane) {
  while (auto answer = lane.connection().take_answer()) {
    lane.note_answer();
    auto& delivery = lane.land_first();
    delivery.answered(lane.instance(), std::move(*answer));
    requeue(delivery);
  }
}

void Batch::requeue(Delivery& delivery) {
  has_news_ = true;
  if (delivery.is_over()) return finish();
  waiting_.push_back(&delivery);
}

void Batch::break_up(Lane& lane) {
  if (lane.load() == 0) return;
  const auto failure = *lane.connection().failure();
  if (failure.phase < Phase::kVerify || failure.kind == FailureKind::kCertificate) {
    connection_failed(lane, failure);
  } else {
    exchange_failed(lane, failure);
  }
}

// It has never worked: none of its requests could have been more lucky.
void Batch::connection_failed(Lane& lane, const transport::Failure& failure) {
  const auto instance = lane.instance();
  if (failure.kind != FailureKind::kLocal) fleet_.instances[instance]->could_not_connect();
  for (auto& flight : lane.land_all()) {
    flight.delivery->failed(instance, failure);
    share(instance, *flight.delivery, failure);
    requeue(*flight.delivery);
  }
}

void Batch::exchange_failed(Lane& lane, transport::Failure failure) {
  const auto instance = lane.instance();
  const bool ended_by_answer = lane.connection().ended_by_answer();
  const bool stale = lane.may_have_been_stale() && failure.kind == FailureKind::kClosed;
  auto flying = lane.land_all();
  for (std::size_t i = 0; i < flying.size(); ++i) {
    auto& delivery = *flying[i].delivery;
    failure.phase = lane.connection().phase_of(i);
    const bool repeatable =
        delivery.request().request_class != RequestClass::kWrite || failure.provably_not_sent();
    // Those behind the first are GETs that were pipelined, and it was not their turn.
    const bool blamed = i == 0 && !ended_by_answer;
    const bool free_repeat = blamed && stale && repeatable && failure.phase < Phase::kAnswering &&
                             delivery.repeat_on_fresh_connection(instance);
    if (blamed && !free_repeat) delivery.failed(instance, failure);
    requeue(delivery);
  }
  // It has stopped answering at all: those behind, and those that wait, would only wait as long again.
  if (failure.kind == FailureKind::kTimeout) {
    fleet_.instances[instance]->drop_idle_connections();
    share(instance, *flying.front().delivery, failure);
  }
}

void Batch::share(InstanceIndex instance, const Delivery& victim, const transport::Failure& failure) {
  const auto attempts = victim.attempts_at(instance);
  for (auto* delivery : waiting_) {
    if (delivery != &victim) delivery->share_failure(instance, attempts, failure);
  }
}

// A peer may have closed a connection right after its last answer.
void Batch::drop_stale_lanes(InstanceIndex instance) {
  std::erase_if(lanes_, [&](Lane& lane) {
    return lane.instance() == instance && lane.is_free() && lane.connection().is_stale();
  });
}

void Batch::drop_broken_lanes() {
  std::erase_if(lanes_, [](const Lane& lane) { return !lane.is_usable(); });
}

void Batch::stop() {
  for (auto& lane : lanes_) {
    lane.connection().give_up(FailureKind::kLocal, "shutting down");
    auto flying = lane.land_all();
    for (std::size_t i = 0; i < flying.size(); ++i) {
      flying[i].delivery->stopped(lane.connection().phase_of(i) < Phase::kSending, lane.instance());
    }
  }
  for (auto* delivery : waiting_) delivery->stopped();
  unfinished_ = 0;
}

}  // namespace nethsm::cluster
