// SPDX-License-Identifier: Apache-2.0
#include "transport/pool.h"

namespace nethsm::transport {

std::optional<Pool::Idle> Pool::pop_newest() {
  auto idle = idle_.lock();
  if (idle->empty()) return std::nullopt;
  auto newest = std::move(idle->back());
  idle->pop_back();
  return newest;
}

std::unique_ptr<Connection> Pool::take() {
  const auto now = max_age_ ? Clock::now() : Clock::time_point();
  while (auto newest = pop_newest()) {
    auto& connection = *newest->connection;
    if (!is_too_old(*newest, now) && !connection.is_inherited() && !connection.is_stale()) {
      return std::move(newest->connection);
    }
  }
  return nullptr;
}

void Pool::clear() {
  std::deque<Idle> dropped;  // closed after the lock has been given up
  idle_.lock()->swap(dropped);
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (!connection || !connection->is_idle() || max_idle_ == 0) return;
  std::vector<Idle> dropped;  // closed after the lock has been given up
  const auto now = Clock::now();
  auto idle = idle_.lock();
  idle->push_back({std::move(connection), now});
  const auto is_spare = [&] { return idle->size() > steady_ && now - idle->front().since > busy_for_; };
  while (idle->size() > max_idle_ || is_too_old(idle->front(), now) || is_spare()) {
    dropped.push_back(std::move(idle->front()));
    idle->pop_front();
  }
}

}  // namespace nethsm::transport
