// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nethsm::simulator {

// The API version that the simulator speaks; the differences are listed in profile.h.
enum class Profile { kV3_1, kV4_0, kV5_0 };

struct Options {
  Profile profile = Profile::kV5_0;
  unsigned instances = 1;            // endpoints that share one store (a cluster)
  std::string listen = "127.0.0.1";  // address to bind
  std::uint16_t port = 0;            // first port, consecutive from there; 0: free ports chosen by the system
  bool demo = false;  // provisioned with the well-known test users, see README of the simulator
  std::function<void(std::string_view line)> log;  // one line a request; called from server threads
  bool record = true;                              // keep what requests() tells
  // Called from a server thread once POST /system/shutdown has stopped an instance.
  std::function<void(unsigned instance)> on_shutdown;
};

// What one instance answered, for tests that count.
struct RequestRecord {
  unsigned instance = 0;
  std::string method;
  std::string path;  // as sent, with query
  std::string user;  // of the Basic credential, or empty
  int status = 0;
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

  // A complete p11nethsm.conf for this cluster with both demo users, pins included.
  std::string config_yaml(std::string_view slot_label = "NetHSM simulator") const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nethsm::simulator
