// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "arena.h"

namespace nethsm::test::chaos {

// Threads that use the module as applications do, each with a session of its own, and check every result.
// They run as long as the object lives.
class Load {
 public:
  struct Kinds {
    unsigned users = 0;    // sign, decrypt, search, random
    unsigned writers = 0;  // generate and delete keys
    // The writers' devices can always be asked what became of a write: no outcome may be unclear.
    bool strict = false;
    std::uint64_t writes = ~std::uint64_t{0};  // then the writers are done
  };
  Load(Arena& arena, Kinds kinds);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void wait_for_writers();
  std::uint64_t calls() const { return calls_; }    // of the users, each of which costs one request
  std::uint64_t writes() const { return writes_; }  // that were tried
  std::uint64_t failed_writes() const { return failed_writes_; }
  milliseconds longest_call() const { return milliseconds(longest_); }
  std::uint64_t calls_longer_than_a_second() const { return long_calls_; }

 private:
  void use(unsigned seed);
  void write(unsigned seed);
  void timed(const char* what, const std::function<std::string()>& call);

  Arena& arena_;
  const Kinds kinds_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> calls_{0}, writes_{0}, failed_writes_{0}, long_calls_{0};
  std::atomic<std::int64_t> longest_{0};
  std::vector<std::thread> users_, writers_;
};

}  // namespace nethsm::test::chaos
