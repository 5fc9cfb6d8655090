// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

namespace nethsm::transport {

// The descriptors that connections have open, also those in use by other threads. A forked child must close
// its copies, but may touch no lock, as a thread that does not exist in the child may have held it: so this
// list has none. Thread-safe; grows in chunks and never shrinks.
class OpenSockets {
 public:
  using Slot = std::atomic<int>*;

  OpenSockets() = default;
  ~OpenSockets();
  OpenSockets(const OpenSockets&) = delete;
  OpenSockets& operator=(const OpenSockets&) = delete;

  Slot add(int descriptor) noexcept;  // null without memory: the descriptor is then not listed
  static void remove(
      Slot slot) noexcept;    // before the descriptor is closed, so that its number is not closed twice
  void close_all() noexcept;  // close(2) only; async-signal-safe

 private:
  static constexpr int kFree = -1;
  struct Chunk {
    Chunk() {
      for (auto& slot : slots) slot.store(kFree, std::memory_order_relaxed);
    }
    std::array<std::atomic<int>, 64> slots;
    std::atomic<Chunk*> next{nullptr};
  };
  static Chunk* next_of(Chunk& chunk) noexcept;

  Chunk first_;
};

}  // namespace nethsm::transport
