// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cluster/settings.h"
#include "transport/message.h"

namespace nethsm::cluster {

// What may be done again when an exchange failed (docs/architecture.md §5).
enum class RequestClass : std::uint8_t {
  kRead,   // GET: repeatable
  kUse,    // sign, decrypt, encrypt, random: repeatable, changes no key
  kWrite,  // generate, import, delete, move, ...: repeated only if it was provably not sent
};

using InstanceIndex = std::size_t;

struct Request {
  transport::Request http;
  RequestClass request_class = RequestClass::kRead;
  std::optional<Clock::duration> timeout = std::nullopt;  // for the answer; absent: the slot's
  std::optional<Clock::duration> delay = std::nullopt;    // before it is sent
  std::optional<InstanceIndex> prefer = std::nullopt;     // asked first if it is working
  // No other instance is asked than `prefer` or, if that is absent, the one whose turn it is; and that once.
  bool only_preferred = false;
  // Statuses that make the cluster go on to another instance besides 5xx, 412 and 429: a 404 for a key that
  // is known to exist elsewhere.
  bool try_others_on_not_found = false;
  bool believe_preferred = false;  // the preferred instance knows best: its 404 is not asked of others
  // For reads and uses: whether the body of a 2xx can be used. If not, it is as good as no answer.
  std::function<bool(const transport::Response&)> accepts = nullptr;
};

struct Reply {
  transport::Response http;
  InstanceIndex instance = 0;
  bool missing_elsewhere = false;  // another instance has answered 404
};

// No instance gave an answer that can be believed.
struct Failure {
  enum class Kind : std::uint8_t {
    kUnreachable,     // transport failures only
    kNotOperational,  // every instance that answered is locked, unprovisioned or failed (412)
    kBusy,            // 429 or 5xx from every instance that answered
    kNotUnderstood,   // an answer that Request::accepts has refused, and none better
    kOutcomeUnknown,  // a write whose answer was lost: it must be read back
    kRefusedPeer,     // certificate or pin mismatch on every instance tried
  };
  Kind kind = Kind::kUnreachable;
  std::string message;                         // of the last attempt, for the log
  std::optional<InstanceIndex> instance = {};  // where the outcome is unknown
};

using Outcome = Result<Reply, Failure>;

// The NetHSMs behind one slot: chooses the instance, leases connections, fails over. A reply with any status
// below 500 other than 412 and 429 is an outcome and is returned as it is. Thread-safe; holds no lock while
// it waits.
class Cluster {
 public:
  explicit Cluster(Settings settings);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Outcome send(const Request& request);

  // Many requests over several connections and instances at once, driven by one poll loop in the calling
  // thread; the outcomes stand in the order of the requests. Meant for reads.
  std::vector<Outcome> send_all(std::span<const Request> requests);

  // Every instance once, whatever its health, concurrently: for questions about each device (e.g. GET
  // /health/state).
  std::vector<Outcome> send_to_each(const Request& request);

  // How many requests no instance has answered: a change is a reason to ask each again for its state.
  std::uint64_t outages() const;

  std::size_t size() const;
  const std::string& url(InstanceIndex instance) const;

  // Makes every later call fail at once and wakes those that wait; called by C_Finalize and at exit.
  void stop();
  // In a forked child: gives up inherited sockets with close(2) only, nothing is said to the peers. The
  // object is unusable afterwards and must be leaked.
  void abandon_after_fork() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::cluster
