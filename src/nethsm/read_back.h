// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "cluster/cluster.h"

namespace nethsm::api {

// How to find out whether a write was done whose answer was lost: questions that an instance is asked, and
// what its answers mean together. Plain value.
struct ReadBack {
  using Answers = std::span<const transport::Response>;
  std::vector<cluster::Request> questions;
  std::function<std::optional<bool>(Answers)> was_done;  // nullopt: the answers say nothing about it
  bool others_can_tell = true;  // what another instance shows of it proves that it was done
  bool repeatable = true;       // asking again does no harm
};

// kUnknown: the instance that got the write cannot be asked, and no other shows that it was done.
enum class Settled : std::uint8_t { kDone, kNotDone, kUnknown };

// Asks the instance that got the write first: where it was done, it is visible at once. What is not there yet
// may still be in the works, so a "no" is asked for again; see docs/reliability.md for the bounds.
Settled settle(cluster::Cluster& cluster, const ReadBack& read_back,
               std::optional<cluster::InstanceIndex> writer);

}  // namespace nethsm::api
