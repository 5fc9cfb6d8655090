// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>

namespace nethsm {

// Data that can be reached only while its lock is held:
//
//   auto sessions = sessions_.lock();   // unlocked at the end of the scope
//   sessions->erase(handle);
//
// Lock order of the module: docs/architecture.md §7.
template <class T>
class Guarded {
 public:
  class Access {
   public:
    T& operator*() { return *data_; }
    T* operator->() { return data_; }

   private:
    friend class Guarded;
    Access(T* data, std::mutex& mutex) : lock_(mutex), data_(data) {}
    std::unique_lock<std::mutex> lock_;
    T* data_;
  };

  template <class... Args>
  explicit Guarded(Args&&... args) : data_(std::forward<Args>(args)...) {}

  Access lock() const { return Access(&data_, mutex_); }

 private:
  mutable std::mutex mutex_;
  mutable T data_;
};

}  // namespace nethsm
