// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "nethsm/client.h"
#include "nethsm/codec.h"
#include "nethsm/read_back.h"
#include "nethsm/recent_writes.h"

namespace nethsm::api {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kOctets = "application/octet-stream";

// What the answer of a request that was not accepted means; `what` names the request for the log.
Error error_of(const transport::Response& response, std::string_view what);
Error error_of(const cluster::Failure& failure, std::string_view what);

inline bool is_success(int status) { return status >= 200 && status < 300; }

class Client::Impl {
 public:
  explicit Impl(std::shared_ptr<cluster::Cluster> cluster) : cluster_(std::move(cluster)) {}

  cluster::Cluster& cluster() { return *cluster_; }
  RecentWrites& recent() { return recent_; }

  cluster::Request read(const Credential* as, std::string path) const;
  cluster::Request read_key(const Credential& as, std::string_view id, std::string_view suffix,
                            bool known) const;
  cluster::Request read_certificate(const Credential& as, std::string_view id) const;
  void append_keys(const Credential& as, std::span<const std::string> ids, std::vector<ApiResult<Key>>& keys);
  // A write to a key that exists: it goes where the key is.
  cluster::Request change_key(const Credential& as, transport::Method method, std::string_view id,
                              std::string_view suffix, SecretBytes body = {},
                              std::string_view content_type = {}) const;
  // `known`: some instance has the key.
  void choose_instance(cluster::Request& request, std::string_view id, bool known) const;
  // Remembers where a key is that another instance does not have.
  void note_place(std::string_view id, const cluster::Outcome& outcome);

  // Sends, and turns every answer but a 2xx into its error.
  ApiResult<cluster::Reply> exchange(const cluster::Request& request);
  // A read whose answer `decode` turns into a value; an instance whose answer it cannot read is as good as
  // none.
  template <class Decode>
  auto fetch(cluster::Request request, Decode decode)
      -> ApiResult<typename std::invoke_result_t<Decode, std::string_view>::value_type> {
    std::invoke_result_t<Decode, std::string_view> value;
    request.accepts = [&](const transport::Response& answer) {
      value = decode(answer.text());
      return value.has_value();
    };
    TRY(exchange(request));
    return std::move(*value);
  }

  // What a write does to a key.
  struct Effect {
    std::string_view id;
    bool exists = true;  // afterwards
  };
  ApiResult<Ok> write(cluster::Request request, std::initializer_list<Effect> effects,
                      const ReadBack& read_back);

  // A sign, decrypt or encrypt; answers the member `member` of the reply.
  ApiResult<SecretBytes> use(const Credential& as, std::string_view id, std::string_view operation,
                             codec::Object body, std::string_view member);

  std::atomic<int> has_labels{-1};  // -1: not asked yet

 private:
  std::shared_ptr<cluster::Cluster> cluster_;
  void remember(std::initializer_list<Effect> effects, cluster::InstanceIndex writer);
  RecentWrites recent_;
};

std::string key_path(std::string_view id, std::string_view suffix = {});
cluster::Request write_request(const Credential& as, transport::Method method, std::string path,
                               SecretBytes body = {}, std::string_view content_type = {});

}  // namespace nethsm::api
