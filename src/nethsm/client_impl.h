// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "nethsm/client.h"
#include "nethsm/codec.h"

namespace nethsm::api {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kOctets = "application/octet-stream";

// What the answer of a request that was not accepted means; `what` names the request for the log.
Error error_of(const transport::Response& response, std::string_view what);
Error error_of(const cluster::Failure& failure, std::string_view what);

inline bool is_success(int status) { return status >= 200 && status < 300; }

// The instances that have just written something, so that what was written is read where it is already
// visible: the other nodes of a cluster see it up to 10 s later.
class RecentWrites {
 public:
  void remember(std::string_view id, cluster::InstanceIndex instance);
  std::optional<cluster::InstanceIndex> writer_of(std::string_view id) const;
  std::optional<cluster::InstanceIndex> last_writer() const;

 private:
  struct Write {
    cluster::InstanceIndex instance;
    Clock::time_point until;
  };
  struct State {
    std::map<std::string, Write, std::less<>> by_id;
    std::optional<Write> last;
  };
  std::atomic<bool> any_{false};  // keeps the lock out of the way of the hot path
  Guarded<State> state_;
};

class Client::Impl {
 public:
  explicit Impl(std::shared_ptr<cluster::Cluster> cluster) : cluster_(std::move(cluster)) {}

  cluster::Cluster& cluster() { return *cluster_; }
  RecentWrites& recent() { return recent_; }

  cluster::Request read(const Credential* as, std::string path) const;
  cluster::Request read_key(const Credential& as, std::string_view id, std::string_view suffix,
                            bool known) const;

  // Sends, and turns every answer but a 2xx into its error.
  ApiResult<cluster::Reply> exchange(const cluster::Request& request);

  // A write to the key `id`. `happened` is asked when the answer was lost: it reads back whether the write
  // was done.
  using ReadBack = std::function<ApiResult<bool>()>;
  ApiResult<Ok> write(cluster::Request request, std::string_view id, const ReadBack& happened);

  // A sign, decrypt or encrypt; answers the member `member` of the reply.
  ApiResult<SecretBytes> use(const Credential& as, std::string_view id, std::string_view operation,
                             codec::Object body, std::string_view member);

  std::atomic<int> has_labels{-1};  // -1: not asked yet

 private:
  std::shared_ptr<cluster::Cluster> cluster_;
  RecentWrites recent_;
};

std::string key_path(std::string_view id, std::string_view suffix = {});
cluster::Request write_request(const Credential& as, transport::Method method, std::string path,
                               SecretBytes body = {}, std::string_view content_type = {});

}  // namespace nethsm::api
