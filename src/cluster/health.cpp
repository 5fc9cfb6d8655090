// SPDX-License-Identifier: Apache-2.0
#include "cluster/health.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>

namespace nethsm::cluster {
namespace {

// One that answers checks and fails requests is found out so often at most.
constexpr auto kRelapse = seconds(5);
constexpr std::size_t kRelapseLevel = 3;
static_assert(kBackOff[kRelapseLevel] == seconds(5));

}  // namespace

// Another one in each process, a forked one included.
std::uint32_t Health::seed() {
  std::uint32_t value = 0;
  if (::getrandom(&value, sizeof value, GRND_NONBLOCK) == sizeof value) return value;
  return static_cast<std::uint32_t>(Clock::now().time_since_epoch().count()) ^
         (static_cast<std::uint32_t>(::getpid()) << 16);
}

Health::Now Health::check_time(Outage& outage, Now now) {
  const auto wait = std::chrono::duration_cast<Clock::duration>(kBackOff[outage.level]);
  std::uniform_int_distribution<Clock::duration::rep> jitter(0, wait.count() / 5);
  return now + wait + Clock::duration(jitter(outage.random));
}

bool Health::note_failure(Now now) {
  if (!is_working()) return false;  // what the checks find out counts, not how many requests were under way
  auto outage = outage_.lock();
  if (!is_working()) return false;
  const bool again = outage->over_since != Now() && now - outage->over_since < kRelapse;
  outage->level = again ? std::min(outage->level + 1, kRelapseLevel) : 0;
  outage->refused = outage->being_checked = false;
  outage->since = now;
  outage->check_at = check_time(*outage, now);
  failed_.store(true, std::memory_order_release);
  return true;
}

bool Health::note_refusal(Now now) {
  auto outage = outage_.lock();
  const bool news = is_working() || !outage->refused;
  outage->since = now;
  outage->level = kBackOff.size() - 1;
  outage->refused = true;
  outage->being_checked = false;
  outage->check_at = check_time(*outage, now);
  failed_.store(true, std::memory_order_release);
  return news;
}

bool Health::note_success(Now now, Now began) {
  if (is_working()) return false;
  auto outage = outage_.lock();
  if (began < outage->since) return false;
  outage->being_checked = outage->refused = false;
  outage->over_since = now;
  return failed_.exchange(false, std::memory_order_acq_rel);
}

Health::Now Health::next_check() const {
  if (is_working()) return Now::max();
  auto outage = outage_.lock();
  return is_working() || outage->being_checked ? Now::max() : outage->check_at;
}

bool Health::begin_check(Now now) {
  if (is_working()) return false;
  auto outage = outage_.lock();
  if (is_working() || outage->being_checked || now < outage->check_at) return false;
  outage->being_checked = true;
  return true;
}

void Health::note_check_failed(Now now) {
  auto outage = outage_.lock();
  if (!outage->being_checked) return;  // a request has found out more meanwhile
  outage->being_checked = false;
  outage->level = std::min(outage->level + 1, kBackOff.size() - 1);
  outage->check_at = check_time(*outage, now);
}

}  // namespace nethsm::cluster
