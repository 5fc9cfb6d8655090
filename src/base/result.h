// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

namespace nethsm {

// Wraps an error on its way into a Result; names as in std::expected.
template <class E>
class Unexpected {
 public:
  explicit Unexpected(E error) : error_(std::move(error)) {}
  E&& error() && { return std::move(error_); }
  const E& error() const& { return error_; }

 private:
  E error_;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

// A value or the reason why there is none. A failure is an ordinary answer in PKCS#11, so it is returned,
// never thrown. Names as in std::expected, which g++ 12 lacks.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class G>
  requires std::is_constructible_v<E, G&&> Result(Unexpected<G> unexpected)
      : state_(std::in_place_index<1>, std::move(unexpected).error()) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

// Success without a value.
struct Ok {};
template <class E>
using Status = Result<Ok, E>;

}  // namespace nethsm

// TRY(expression): the value of a Result, or a return of its error to the caller's caller. An expression, so
// that `auto key = TRY(find_key(id));` reads as what it does. The one GNU extension of the code base.
// The return leaves a statement half-way, and g++ then forgets the temporaries that were made before it: nothing
// that owns memory may stand to its left in the same statement.
#define TRY(expression)                                           \
  __extension__({                                                 \
    auto try_result = (expression);                               \
    if (!try_result.has_value()) {                                \
      return ::nethsm::Unexpected(std::move(try_result).error()); \
    }                                                             \
    std::move(try_result).value();                                \
  })
