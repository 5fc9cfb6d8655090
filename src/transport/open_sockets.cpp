// SPDX-License-Identifier: Apache-2.0
#include "transport/open_sockets.h"

#include <unistd.h>

#include <new>

namespace nethsm::transport {

OpenSockets::~OpenSockets() {
  auto* chunk = first_.next.load();
  while (chunk != nullptr) {
    auto* next = chunk->next.load();
    delete chunk;
    chunk = next;
  }
}

// The chunk after this one, appended if there is none yet.
OpenSockets::Chunk* OpenSockets::next_of(Chunk& chunk) noexcept {
  auto* next = chunk.next.load();
  if (next != nullptr) return next;
  auto* fresh = new (std::nothrow) Chunk;
  if (fresh == nullptr || chunk.next.compare_exchange_strong(next, fresh)) return fresh;
  delete fresh;  // another thread was faster
  return next;
}

OpenSockets::Slot OpenSockets::add(int descriptor) noexcept {
  for (auto* chunk = &first_; chunk != nullptr; chunk = next_of(*chunk)) {
    for (auto& slot : chunk->slots) {
      int expected = kFree;
      if (slot.load(std::memory_order_relaxed) == kFree &&
          slot.compare_exchange_strong(expected, descriptor)) {
        return &slot;
      }
    }
  }
  return nullptr;
}

void OpenSockets::remove(Slot slot) noexcept {
  if (slot != nullptr) slot->store(kFree);
}

void OpenSockets::close_all() noexcept {
  for (auto* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
    for (auto& slot : chunk->slots) {
      const int descriptor = slot.exchange(kFree);
      if (descriptor != kFree) ::close(descriptor);
    }
  }
}

}  // namespace nethsm::transport
