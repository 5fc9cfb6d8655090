// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace nethsm {

// Overwrites memory in a way that the compiler keeps.
void wipe(void* data, std::size_t size) noexcept;

template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept {
    wipe(p, n * sizeof(T));
    std::allocator<T>().deallocate(p, n);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// Bytes that are wiped when freed; a vector, as a string keeps short values inside itself, out of reach
// of the allocator.
using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

// insert() at the end would go byte by byte, as the allocator is not the usual one.
void append(SecretBytes& to, ByteView part);
inline void append(SecretBytes& to, std::string_view part) { append(to, as_bytes(part)); }

// A passphrase or key material. Has no operator<< and no conversion to a string, so that it cannot reach a
// log by accident; equality takes the same time wherever the values differ.
class Secret {
 public:
  Secret() = default;
  explicit Secret(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit Secret(std::string_view text) : Secret(as_bytes(text)) {}
  explicit Secret(SecretBytes bytes) : bytes_(std::move(bytes)) {}

  ByteView reveal() const { return {bytes_.data(), bytes_.size()}; }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }

  friend bool operator==(const Secret& a, const Secret& b);

 private:
  SecretBytes bytes_;
};

}  // namespace nethsm
