// SPDX-License-Identifier: Apache-2.0
#include "cluster/health.h"

namespace nethsm::cluster {

Health::Now Health::retry_time(Outage& outage, Now now) {
  if (outage.random == std::minstd_rand()) {
    outage.random.seed(static_cast<std::minstd_rand::result_type>(now.time_since_epoch().count()));
  }
  const auto wait = std::chrono::duration_cast<Clock::duration>(kBackOff[outage.level]);
  std::uniform_int_distribution<Clock::duration::rep> jitter(0, wait.count() / 5);
  return now + wait + Clock::duration(jitter(outage.random));
}

bool Health::admit(Now now) {
  if (is_working()) return true;
  auto outage = outage_.lock();
  if (now < outage->retry_at) return false;
  outage->being_tried = true;
  outage->retry_at = retry_time(*outage, now);  // the others wait for what this one finds out
  return true;
}

bool Health::note_failure(Now now) {
  auto outage = outage_.lock();
  const bool first = is_working();
  if (first) {
    outage->level = 0;
    outage->refused = false;
  } else if (outage->being_tried || now >= outage->retry_at) {
    outage->level = std::min(outage->level + 1, kBackOff.size() - 1);
  } else {
    return false;  // one of several requests that were under way when it failed
  }
  outage->being_tried = false;
  outage->retry_at = retry_time(*outage, now);
  failed_.store(true, std::memory_order_release);
  return first;
}

bool Health::note_refusal(Now now) {
  auto outage = outage_.lock();
  const bool news = is_working() || !outage->refused;
  outage->level = kBackOff.size() - 1;
  outage->refused = true;
  outage->being_tried = false;
  outage->retry_at = retry_time(*outage, now);
  failed_.store(true, std::memory_order_release);
  return news;
}

bool Health::note_success() {
  if (is_working()) return false;
  auto outage = outage_.lock();
  outage->being_tried = outage->refused = false;
  return failed_.exchange(false, std::memory_order_acq_rel);
}

}  // namespace nethsm::cluster
