// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <deque>
#include <vector>

#include "cluster/delivery.h"
#include "cluster/fleet.h"
#include "cluster/lane.h"

namespace nethsm::cluster {

// Carries deliveries to their ends, all at once, with one poll(2) loop in the calling thread. If a connection
// breaks, only what was not answered on it is sent again, and only the request whose turn it was has lost an
// attempt by it. An instance that cannot be reached is found out once for all waiting requests, not once for
// each. Not thread-safe: lives for one call.
class Batch {
 public:
  static constexpr std::size_t kMaxLanes = 4;  // connections per instance and batch

  explicit Batch(Fleet& fleet) : fleet_(fleet) {}
  ~Batch();  // connections that are still good go back to their pools

  void add(Delivery delivery) { deliveries_.push_back(std::move(delivery)); }
  std::vector<Outcome> run();

 private:
  void assign();
  bool assign(Delivery& delivery);
  bool place(Delivery& delivery, InstanceIndex instance);
  Lane* find_lane(const Delivery& delivery, InstanceIndex instance);
  Lane* open_lane(Delivery& delivery, InstanceIndex instance, Deadline deadline);
  bool has_room(const Delivery& delivery, InstanceIndex instance) const;
  std::size_t lanes_at(InstanceIndex instance) const;
  bool is_full() const;

  void start_submitted();
  void wait();
  int poll_timeout() const;
  void step(Lane& lane, short revents);
  void collect_answers(Lane& lane);
  void break_up(Lane& lane);
  void connection_failed(Lane& lane, const transport::Failure& failure);
  void exchange_failed(Lane& lane, transport::Failure failure);
  void share(InstanceIndex instance, const Delivery& victim, const transport::Failure& failure);
  void drop_stale_lanes(InstanceIndex instance);
  void drop_broken_lanes();
  void stop();
  void requeue(Delivery& delivery);
  void finish() { --unfinished_; }

  Fleet& fleet_;
  std::vector<Delivery> deliveries_;
  std::deque<Delivery*> waiting_;
  std::deque<Lane> lanes_;
  std::vector<pollfd> descriptors_;
  Clock::time_point next_start_ = Clock::time_point::max();  // of a waiting delivery that has to pause
  std::size_t unfinished_ = 0;
  bool has_news_ = false;  // since the last assign()
};

}  // namespace nethsm::cluster
