// SPDX-License-Identifier: Apache-2.0
#include "simulator/simulator.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <mutex>

#include "simulator/chain.h"
#include "simulator/config_file.h"
#include "simulator/credentials.h"
#include "simulator/precomputed.h"
#include "simulator/provisioning.h"
#include "simulator/routes.h"
#include "simulator/server.h"

namespace nethsm::simulator {
namespace {

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local)};
}

void count(RequestCounts& counts, const RequestRecord& record) {
  ++counts.total;
  ++counts.methods[record.method];
  switch (kind_of(record)) {
    case RequestKind::kRead:
      ++counts.reads;
      return;
    case RequestKind::kUse:
      ++counts.uses;
      return;
    case RequestKind::kWrite:
      ++counts.writes;
      return;
    case RequestKind::kHealth:
      ++counts.health;
      return;
  }
}

}  // namespace

RequestKind kind_of(const RequestRecord& record) {
  const std::string_view path = std::string_view(record.path).substr(0, record.path.find('?'));
  if (path.starts_with("/api/v1/health/")) return RequestKind::kHealth;
  if (record.method == "GET" || record.method == "HEAD") return RequestKind::kRead;
  const bool use = path.ends_with("/sign") || path.ends_with("/decrypt") || path.ends_with("/encrypt") ||
                   path == "/api/v1/random";
  return record.method == "POST" && use ? RequestKind::kUse : RequestKind::kWrite;
}

class Simulator::Impl {
 public:
  explicit Impl(Options options)
      : options_(std::move(options)),
        router_(routes_of(facts(options_.profile))),
        labourers_(options_.instances) {
    for (unsigned i = 0; i < options_.instances; ++i)
      cluster_.instances.push_back(std::make_unique<Instance>(facts(options_.profile)));
    if (options_.demo) provision_demo(cluster_);
    provision_keys(cluster_, options_.keys);
    for (unsigned i = 0; i < options_.instances; ++i) {
      servers_.push_back(std::make_unique<Server>(options_.listen, i, faults_, device(i)));
      servers_[i]->set_identity(cluster_.instances[i]->tls());
    }
    for (const FaultSpec& fault : options_.faults) add_fault(fault);
    for (unsigned i = 0; i < options_.instances; ++i)
      servers_[i]->start(options_.port == 0 ? std::uint16_t{0}
                                            : static_cast<std::uint16_t>(options_.port + i));
  }

  unsigned instances() const { return options_.instances; }
  Server& server(unsigned i) const { return *servers_.at(i); }
  const Instance& instance(unsigned i) const { return *cluster_.instances.at(i); }

  std::string url(unsigned i) const {
    const bool ipv6 = options_.listen.find(':') != std::string::npos;
    const std::string host = ipv6 ? "[" + options_.listen + "]" : options_.listen;
    return "https://" + host + ":" + std::to_string(server(i).port()) + "/api/v1";
  }

  std::vector<RequestRecord> requests() const {
    const std::lock_guard lock(records_mutex_);
    return records_;
  }
  void clear_requests() {
    const std::lock_guard lock(records_mutex_);
    records_.clear();
    counts_.clear();
  }
  RequestCounts counts(unsigned i) const {
    const std::lock_guard lock(records_mutex_);
    const auto it = counts_.find(i);
    return it == counts_.end() ? RequestCounts() : it->second;
  }

  unsigned add_fault(FaultSpec spec) {
    check_instances(spec, instances());
    const unsigned id = faults_.add(std::move(spec));
    look_at_faults();
    return id;
  }
  bool remove_fault(unsigned id) {
    const bool found = faults_.remove(id);
    look_at_faults();
    return found;
  }
  void clear_faults() {
    faults_.clear();
    look_at_faults();
  }
  std::vector<Faults::Status> faults() const { return faults_.list(); }

  ConfigFile config(std::string_view slot_label) const {
    ConfigFile config{std::string(slot_label), {}};
    for (unsigned i = 0; i < instances(); ++i)
      config.instances.push_back({url(i), instance(i).tls().fingerprint()});
    return config;
  }

 private:
  Server::Device device(unsigned i) {
    return {[this, i](const Request& request) {
              const auto compute = [&] {
                return answer(router_, cluster_, *cluster_.instances[i], request, viewpoint(i));
              };
              return options_.precomputed ? precomputed_.answer(i, request, compute) : compute();
            },
            [this, i](const Request& request, int status, const FaultSpec* fault) {
              note({i, request.method, request.target, claimed_user(request), status,
                    fault == nullptr ? std::string() : fault->text()});
            },
            [this, i](Afterwards afterwards) { carry_out(i, afterwards); }, thinking(i)};
  }

  std::function<Labourer::Clock::time_point(const Request&)> thinking(unsigned i) {
    if (!options_.think_time.any()) return {};
    return [this, i](const Request& request) {
      return labourers_[i].done_at(options_.think_time.of(labour_of(request)));
    };
  }

  Viewpoint viewpoint(unsigned i) const {
    return {i, faults_.visibility_lag(i), faults_.any_visibility_lag()};
  }

  void look_at_faults() const {
    for (const auto& server : servers_) server->look_at_faults();
  }

  void note(const RequestRecord& record) {
    const std::lock_guard lock(records_mutex_);
    count(counts_[record.instance], record);
    if (options_.record) records_.push_back(record);
    if (!options_.log) return;
    options_.log(local_time() + " " + std::to_string(record.instance) + " " + record.method + " " +
                 record.path + " " + (record.user.empty() ? "-" : record.user) + " " +
                 (record.status == 0 ? "-" : std::to_string(record.status)) +
                 (record.fault.empty() ? "" : " fault " + record.fault));
  }

  // Called by the thread of the connection whose request it was.
  void carry_out(unsigned i, Afterwards afterwards) {
    switch (afterwards) {
      case Afterwards::kNothing:
        return;
      case Afterwards::kNewCertificate:
        servers_[i]->set_identity(cluster_.instances[i]->tls());
        return;
      case Afterwards::kReboot:
        cluster_.instances[i]->reboot();
        servers_[i]->drop_connections();
        return;
      case Afterwards::kFactoryReset:
        reset_cluster(cluster_);
        for (const auto& server : servers_) server->drop_connections();
        return;
      case Afterwards::kShutdown:
        servers_[i]->close();
        if (options_.on_shutdown) options_.on_shutdown(i);
        return;
    }
  }

  const Options options_;
  const Router router_;
  Cluster cluster_;
  Faults faults_;
  PrecomputedAnswers precomputed_;
  std::vector<Labourer> labourers_;   // one an instance
  mutable std::mutex records_mutex_;  // also keeps log lines apart
  std::vector<RequestRecord> records_;
  std::map<unsigned, RequestCounts> counts_;
  std::vector<std::unique_ptr<Server>> servers_;  // last: their threads use all of the above
};

Simulator::Simulator(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Simulator::~Simulator() = default;

unsigned Simulator::instances() const { return impl_->instances(); }
std::uint16_t Simulator::port(unsigned instance) const { return impl_->server(instance).port(); }
std::string Simulator::url(unsigned instance) const { return impl_->url(instance); }
std::string Simulator::fingerprint(unsigned instance) const {
  return impl_->instance(instance).tls().fingerprint();
}
std::string Simulator::certificate_pem(unsigned instance) const {
  return impl_->instance(instance).tls().certificate_pem();
}

void Simulator::stop_instance(unsigned instance) { impl_->server(instance).stop(); }
void Simulator::start_instance(unsigned instance) {
  Server& server = impl_->server(instance);
  server.stop();  // if it runs
  server.start(server.port());
}

std::vector<RequestRecord> Simulator::requests() const { return impl_->requests(); }
void Simulator::clear_requests() { impl_->clear_requests(); }
RequestCounts Simulator::request_counts(unsigned instance) const { return impl_->counts(instance); }

unsigned Simulator::add_fault(std::string_view spec) { return impl_->add_fault(parse_fault(spec)); }
bool Simulator::remove_fault(unsigned id) { return impl_->remove_fault(id); }
void Simulator::clear_faults() { impl_->clear_faults(); }
std::vector<Faults::Status> Simulator::faults() const { return impl_->faults(); }

std::string Simulator::config_yaml(std::string_view slot_label) const {
  return impl_->config(slot_label).yaml();
}

}  // namespace nethsm::simulator
