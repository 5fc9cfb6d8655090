// SPDX-License-Identifier: Apache-2.0
#include "nethsm/read_back.h"

#include <array>

namespace nethsm::api {
namespace {

constexpr auto kTimeout = seconds(5);
// Before each round of questions.
constexpr std::array<milliseconds, 4> kPauses = {milliseconds(0), milliseconds(250), milliseconds(750),
                                                 milliseconds(2000)};

std::optional<bool> ask(cluster::Cluster& cluster, const ReadBack& read_back, cluster::InstanceIndex instance,
                        milliseconds pause) {
  std::vector<transport::Response> answers;
  for (auto question : read_back.questions) {
    question.timeout = kTimeout;
    question.prefer = instance;
    question.only_preferred = true;
    question.delay = answers.empty() ? pause : milliseconds(0);
    auto outcome = cluster.send(question);
    if (!outcome) return std::nullopt;
    answers.push_back(std::move(outcome->http));
  }
  return read_back.was_done(answers);
}

bool another_shows_it(cluster::Cluster& cluster, const ReadBack& read_back,
                      std::optional<cluster::InstanceIndex> writer) {
  for (cluster::InstanceIndex i = 0; i < cluster.size(); ++i) {
    if (i != writer && ask(cluster, read_back, i, milliseconds(0)) == true) return true;
  }
  return false;
}

}  // namespace

Settled settle(cluster::Cluster& cluster, const ReadBack& read_back,
               std::optional<cluster::InstanceIndex> writer) {
  auto settled = Settled::kUnknown;
  for (const auto pause : kPauses) {
    const auto done = writer ? ask(cluster, read_back, *writer, pause) : std::nullopt;
    if (done == true) return Settled::kDone;
    settled = done == false ? Settled::kNotDone : Settled::kUnknown;
    if (!done && read_back.others_can_tell && another_shows_it(cluster, read_back, writer))
      return Settled::kDone;
    if (!read_back.repeatable) break;
  }
  return settled;
}

}  // namespace nethsm::api
