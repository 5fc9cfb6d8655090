// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/faults.h"
#include "simulator/think_time.h"

namespace nethsm::simulator {

// The API version that the simulator speaks; the differences are listed in profile.h.
enum class Profile { kV3_1, kV4_0, kV5_0 };

struct Options {
  Profile profile = Profile::kV5_0;
  unsigned instances = 1;            // endpoints that share one store (a cluster)
  std::string listen = "127.0.0.1";  // address to bind
  std::uint16_t port = 0;            // first port, consecutive from there; 0: free ports chosen by the system
  bool demo = false;  // provisioned with the well-known test users, see README of the simulator
  unsigned keys = 0;  // P-256 keys to begin with: key-000001 and so on; with `demo`
  std::function<void(std::string_view line)> log;  // one line a request; called from server threads
  bool record = true;                              // keep what requests() tells
  std::vector<FaultSpec> faults;                   // from the start on
  ThinkTime think_time;                            // that each instance spends on one request after the other
  bool precomputed = false;  // equal uses of keys get the first one's answer: for benchmarks only
  // Called from a server thread once POST /system/shutdown has stopped an instance.
  std::function<void(unsigned instance)> on_shutdown;
};

// What one instance answered, for tests that count.
struct RequestRecord {
  unsigned instance = 0;
  std::string method;
  std::string path;   // as sent, with query
  std::string user;   // of the Basic credential, or empty
  int status = 0;     // 0: no answer, by a fault
  std::string fault;  // that happened to it, in the grammar of faults; or empty
};

// What a request is to its client (docs/reliability.md): reads and uses may be repeated, writes may not.
enum class RequestKind { kRead, kUse, kWrite, kHealth };
RequestKind kind_of(const RequestRecord& record);

// How many requests an instance has read since the start or the last clear, whatever became of them.
struct RequestCounts {
  std::uint64_t total = 0, reads = 0, uses = 0, writes = 0, health = 0;
  std::map<std::string, std::uint64_t> methods;
};

// A cluster of simulated NetHSMs: real TLS, real HTTP and real keys, all in memory.
// Thread-safe. The constructor returns once every instance accepts connections; the destructor stops them
// all.
class Simulator {
 public:
  explicit Simulator(Options options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  unsigned instances() const;
  std::uint16_t port(unsigned instance) const;
  std::string url(unsigned instance) const;          // "https://127.0.0.1:<port>/api/v1"
  std::string fingerprint(unsigned instance) const;  // SHA-256 of the certificate's DER, 64 hex digits
  std::string certificate_pem(unsigned instance) const;

  void stop_instance(unsigned instance);   // closes its connections and its port
  void start_instance(unsigned instance);  // on the same port, with the same certificate

  std::vector<RequestRecord> requests() const;  // since the start or the last clear, in order of answering
  void clear_requests();
  RequestCounts request_counts(unsigned instance) const;  // also without Options::record

  // Makes something go wrong from now on; the grammar is that of parse_fault() in fault.h, which throws
  // FaultError about mistakes. Returns the id for remove_fault().
  unsigned add_fault(std::string_view spec);
  bool remove_fault(unsigned id);  // false: there is none
  void clear_faults();
  std::vector<Faults::Status> faults() const;

  // A complete p11nethsm.conf for this cluster with both demo users, pins included.
  std::string config_yaml(std::string_view slot_label = "NetHSM simulator") const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::simulator
