// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nethsm::cryptoki {

// The calling thread's OpenSSL error queue, put back in the end as it was in the beginning. libcrypto is
// shared with the host, which may be in the middle of reporting an error of its own when it calls us; and our
// TLS empties the queue.
class HostErrors {
 public:
  HostErrors();
  ~HostErrors();
  HostErrors(const HostErrors&) = delete;
  HostErrors& operator=(const HostErrors&) = delete;

 private:
  struct Entry {
    unsigned long code;
    std::string file, function, data;
    int line;
  };
  std::vector<Entry> entries_;  // oldest first; almost always none
};

}  // namespace nethsm::cryptoki
